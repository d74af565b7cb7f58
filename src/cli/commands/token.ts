import { z } from 'zod';
import type { Advice } from '../../domain/advice.ts';
import { CallerError, OperatorError } from '../../domain/errors.ts';
import { kindOf } from '../../identity/participant.ts';
import { TokenFile } from '../../tokens/token-file.ts';
import { type CommandRow, type GroupRow, sessionCommand } from '../command.ts';
import { deadline } from '../forms.ts';
import { renderMadeToken, renderTokens } from '../render/render-tokens.ts';
import type { Session } from '../session.ts';

export const tokenGroup: GroupRow = {
  path: 'token',
  about: 'tokens for agents on other machines, and for the board',
  more: 'A token says who calls over HTTP (fed serve). It is shown once. Only people make and revoke tokens.',
  examples: ['fed token add --agent kimi --expires 30d', 'fed token list', 'fed token revoke fed_Yw3kQ0ab'],
};

export const tokenCommands: readonly CommandRow[] = [
  sessionCommand({
    path: 'token add',
    about: 'make a token for an agent or a person',
    more: 'Prints the token once. A token with --read-only may look at everything and change nothing.',
    input: z.strictObject({
      agent: z.string().min(1).max(40),
      expires_at: z.iso.datetime().optional(),
      read_only: z.boolean().default(false),
    }),
    options: [
      ['--agent <name>', 'agent', 'who calls with it: an agent, or a person for the board'],
      ['--expires <time>', 'expires_at', 'when it ends: a time, or 12h, 30d; default: when it is revoked', deadline],
      ['--read-only', 'read_only', 'lets its holder change nothing'],
    ],
    writesFiles: () => true,
    examples: ['fed token add --agent kimi --expires 30d', 'fed token add --agent reuben --read-only'],
    do: async ({ agent, expires_at = null, read_only }, session) => {
      const { caller, file } = tokensFor(session);
      kindOf(agent, session.federation.config);
      if (expires_at !== null && expires_at <= session.federation.now()) {
        throw new CallerError('invalid', `expires_at: ${expires_at} is past`, 'Name a later time.', 'expires_at');
      }
      const asked = { name: agent, created_by: caller.name, expires_at, read_only };
      const { token: made, secret } = await file.add(asked);
      const next: Advice = `Keep it now, it is not shown again. Connect with it: docs/remote-agents.md. End it with fed token revoke ${made.id}.`;
      return { token: secret, ...made, next };
    },
    render: renderMadeToken,
  }),
  sessionCommand({
    path: 'token list',
    about: 'every token: for whom, until when, last used',
    input: z.strictObject({}),
    examples: ['fed token list', 'fed token list --json'],
    readOnly: true,
    do: async (_input, session) => {
      const items = await tokensFor(session).file.list();
      const next = items.length === 0 ? 'Make one with fed token add --agent NAME.' : '';
      return { items, total: items.length, next };
    },
    render: ({ items }, terminal) => renderTokens(items, terminal),
  }),
  sessionCommand({
    path: 'token revoke',
    about: 'end a token at once, with its open connections and signed-in browsers',
    input: z.strictObject({ token: z.string().min(4).max(100) }),
    arguments: [['<token>', 'token', 'the token as fed token list shows it, or enough of its beginning']],
    writesFiles: () => true,
    examples: ['fed token revoke fed_Yw3kQ0ab'],
    do: async ({ token }, session) => ({ revoked: await tokensFor(session).file.revoke(token), next: '' }),
    render: ({ revoked }) => revoked.map(({ id, name }) => `revoked ${id} (${name})`).join('\n'),
  }),
];

/** @throws OperatorError `not-allowed` for an agent: who makes tokens can be anybody. */
function tokensFor({ actor, federation, folder }: Session) {
  const caller = actor();
  if (caller.kind === 'person')
    return { caller, file: new TokenFile(folder, () => federation.now(), federation.documents) };
  const next = `Ask ${federation.config.operator} for one.`;
  throw new OperatorError('not-allowed', 'Tokens are for people to make and to see', next);
}
