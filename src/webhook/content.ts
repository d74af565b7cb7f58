/** What a delivery says: the whole item for a program, or one line for a person in a chat or on a phone. */
import type { WebhookConfig } from '../config/schema.ts';
import { oneLine, shownJson } from '../domain/text.ts';
import type { Delivery } from './outbox.ts';

export interface About {
  /** Which federation it is about, where one receiver serves several. */
  readonly federation: string;
  /** What can be answered; empty where somebody has answered already. */
  readonly actions: readonly string[];
}

export interface Content {
  readonly type: string;
  readonly body: string;
}

/** More than a phone shows. */
const longestLine = 500;

export function contentOf({ escalation }: Delivery, format: WebhookConfig['format'], about: About): Content {
  switch (format) {
    case 'json':
      return json({ ...escalation, federation: about.federation });
    case 'slack':
      // Slack's three control characters: what agents write must not become a link or a mention.
      return json({ text: lineOf(escalation, about).replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign) });
    case 'ntfy':
      return { type: 'text/plain; charset=utf-8', body: lineOf(escalation, about) };
  }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function json(value: unknown): Content {
  return { type: 'application/json', body: shownJson(JSON.stringify(value)) };
}

/** What an answer takes besides its name. */
const taken: Readonly<Record<string, string>> = {
  decide: ' --choice OPTION',
  reassign: ' --to AGENT',
  answer: ' "TEXT"',
};

/** `resolver: task-2026-11-28-014 needs approval: Deploy it · approve or cancel: fed inbox answer inbox-2026-11-28-002 approve` */
function lineOf({ inbox_id, title, detail, vote_id }: Delivery['escalation'], { federation, actions }: About): string {
  const [first, ...others] = actions;
  const what = oneLine(`${federation}: ${title}${detail === '' ? '' : `: ${detail}`}`, longestLine);
  if (first === undefined) return `${what} · answered already`;
  const which = others.length === 0 ? first : `${[first, ...others.slice(0, -1)].join(', ')} or ${others.at(-1) ?? ''}`;
  const see = vote_id === undefined ? '' : ` · fed vote show ${vote_id}`;
  return `${what} · ${which}${see} · fed inbox answer ${inbox_id} ${first}${taken[first] ?? ''}`;
}
