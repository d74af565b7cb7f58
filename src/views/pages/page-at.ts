/** The page at an address of the board, from the state as it is. */
import { basename } from 'node:path';
import type { Actor } from '../../domain/commands.ts';
import { FederationError } from '../../domain/errors.ts';
import type { Federation } from '../../federation.ts';
import { agentViews } from '../queue-views.ts';
import { isAway } from './away.ts';
import { graphPage } from './graph-page.ts';
import { landingPage } from './landing-page.ts';
import { logPage } from './log-page.ts';
import { agentsPage, metricsPage } from './metrics-page.ts';
import { needsPage } from './needs-page.ts';
import type { Page, Shell } from './page.ts';
import { queuePage } from './queue-page.ts';
import { taskPage } from './task-page.ts';
import type { TimelineReader } from './timeline.ts';
import { votesPage } from './votes-page.ts';

export function shellOf(federation: Federation, reader: Shell['reader']): Shell {
  const state = federation.state();
  const { config, fault } = federation;
  return {
    name: basename(federation.project.dir),
    operator: config.operator,
    reader,
    now: federation.now(),
    seq: federation.seq,
    paused: state.meta.paused,
    warning: fault === null ? null : { message: fault.message, next: fault.next },
    inbox: state.escalations.size,
    agents: Object.entries(config.agents).map(([name, { types }]) => ({ name, types })),
    checks: Object.keys(config.checks),
  };
}

/** `path` and `query` as the browser shows them. */
export async function pageAt(
  federation: Federation,
  path: string,
  query: URLSearchParams,
  { reader, timelines }: { readonly reader: Actor; readonly timelines: TimelineReader },
): Promise<Page> {
  const [, name = '', id = ''] = path.split('/').map(decoded);
  try {
    switch (name) {
      case '':
        return needsPage(federation);
      case 'queue':
        return queuePage(federation);
      case 'tasks':
        return await taskPage(federation, id, reader);
      case 'timeline': {
        const hours = Math.min(168, Math.max(1, Number(query.get('hours') ?? 24) || 24));
        const away = agentViews(federation).filter(isAway);
        return { page: 'timeline', hours, timeline: await timelines.read(federation, hours), away };
      }
      case 'graph':
        return graphPage(federation.state());
      case 'votes':
        return await votesPage(federation, id);
      case 'landing':
        return landingPage(federation);
      case 'metrics':
        return metricsPage(federation);
      case 'agents':
        return agentsPage(federation);
      case 'log':
        return await logPage(federation, { who: query.get('who') ?? '', text: query.get('text') ?? '' });
      case 'more':
        return { page: 'more' };
      default:
        return { page: 'missing', message: 'There is nothing at this address.' };
    }
  } catch (error) {
    if (!(error instanceof FederationError) || error.code !== 'not-found') throw error;
    return { page: 'missing', message: `${error.message}.` };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
