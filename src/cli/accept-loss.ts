/** `fed doctor --accept-loss`: shows what is lost, asks, and lets the federation go on without it. */
import { plural } from '../domain/phrases.ts';
import { OperatorError } from '../domain/errors.ts';
import type { LossReport, LostThing } from './host.ts';
import { Ended, exitCodes } from './report-error.ts';
import { openSettings, type RunContext, show } from './session.ts';
import { manyLines, oneLine } from './terminal.ts';
import { whoActs } from './who-acts.ts';

/** More is counted, not named. */
const mostNamed = 20;

export async function acceptLoss(context: RunContext): Promise<void> {
  const { host, globals } = context;
  const json = globals.json === true;
  const isSure = globals.yes === true;
  const settings = openSettings(context);
  const { config, loss } = await host.lookForLoss(settings);
  if (loss === null) {
    show(context, { accepted: false, loss, next: 'Nothing is lost.' }, () => '');
    return;
  }
  const { environment, interactive } = host;
  const actor = whoActs({ as: globals.as, environment, interactive }, config);
  if (actor.kind !== 'person') {
    throw new OperatorError(
      'not-allowed',
      `Only a person can accept a loss; ${actor.name} is an agent.`,
      `Ask ${config.operator} to run \`fed doctor --accept-loss\`.`,
    );
  }
  const isAsking = !isSure && interactive && !json;
  if (!json) host.out(`${inWords(loss)}\n`);
  if (!isSure && !(isAsking && (await host.ask('Continue without it? Type yes: ')).trim() === 'yes')) {
    const next = isAsking ? 'Nothing was changed.' : 'Nothing was changed. Add --yes to continue without it.';
    show(context, { accepted: false, loss, next }, () => '');
    throw new Ended(exitCodes.corrupt);
  }
  const record = await host.acceptLoss(settings, loss, actor);
  const next = 'Running servers continue by themselves. See fed status.';
  show(context, { accepted: true, record, loss, next }, () => `Accepted, with record ${record}.`);
}

function inWords(loss: LossReport): string {
  const { kept, lost_through, readable_records } = loss;
  const from = kept.seq + 1;
  const range = lost_through === null ? `everything from record ${from} on` : `records ${from} to ${lost_through}`;
  const at = kept.at === null ? '' : ` (${kept.at})`;
  return [
    manyLines(loss.message),
    '',
    kept.seq === 0 ? 'Kept: nothing; no record is intact.' : `Kept: everything up to record ${kept.seq}${at}.`,
    `Lost: ${range}, as far as known. Still readable in the files set aside: ${plural(readable_records, 'record')}.`,
    ...things('Tasks that will be lost', loss.tasks, 'gone'),
    ...things('Tasks that revert to an earlier state', loss.tasks, 'older'),
    ...things('Votes that will be lost', loss.votes, 'gone'),
    ...things('Votes that revert to an earlier state', loss.votes, 'older'),
    `Set aside in ${oneLine(loss.kept_in)}:${loss.files.map((file) => `\n  ${oneLine(file)}`).join('') || ' nothing'}`,
  ].join('\n');
}

function things(title: string, all: readonly LostThing[], becomes: LostThing['becomes']): string[] {
  const those = all.filter((thing) => thing.becomes === becomes);
  if (those.length === 0) return [];
  const named = those.slice(0, mostNamed).map(({ id, text }) => `  ${id}${text === null ? '' : `  ${oneLine(text)}`}`);
  const more = those.length > mostNamed ? [`  and ${those.length - mostNamed} more`] : [];
  return [`${title} (${those.length}):`, ...named, ...more];
}
