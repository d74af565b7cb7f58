/** What each preset reads from the recorded output of its real program, and with what it starts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PresetName } from '../../src/config/run-schema.ts';
import { presets } from '../../src/runner/presets/index.ts';
import type { Order, Seen } from '../../src/runner/presets/preset.ts';

const folder = resolve(import.meta.dirname, '../fixtures/runs');
const now = Date.UTC(2026, 10, 28, 12, 0);

function readAll(name: PresetName, lines: readonly string[], code = 0): Seen[] {
  const reader = presets[name].reader(() => now);
  // Recorded together: a line is read as what it is, whichever stream it came by.
  const seen = lines.flatMap((line) => [...reader.out(line), ...(line.startsWith('{') ? [] : reader.err(line))]);
  return [...seen, ...reader.exit({ code, signal: null })];
}

function recorded(file: string): string[] {
  return readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
}

function ofKind<K extends Seen['kind']>(seen: readonly Seen[], kind: K): Extract<Seen, { kind: K }>[] {
  return seen.filter((one): one is Extract<Seen, { kind: K }> => one.kind === kind);
}

const order: Order = {
  model: 'm',
  permissions: 'edit',
  args: ['--more'],
  allowed: [['npm', 'test']],
  server: { command: 'node', args: ['main.js', '--dir', '/p/.federation'] },
  serverVariables: ['FEDERATION_RUN'],
  folder: '/p/.federation/runs/run-1',
  folderBefore: null,
  cwd: '/p',
  promptFile: '/p/.federation/runs/run-1/prompt.md',
  conversation: null,
  schema: null,
  home: '/nowhere',
  environment: {},
  host: null,
  own: '/ollama-agent.js',
};

const recordings: readonly (readonly [PresetName, { readonly input: number; readonly output: number }])[] = [
  ['claude-code', { input: 2_000, output: 100 }],
  ['codex', { input: 2_000, output: 100 }],
  ['copilot', { input: 0, output: 0 }],
  ['gemini', { input: 2_000, output: 100 }],
  ['opencode', { input: 2_000, output: 100 }],
  ['kimi', { input: 0, output: 0 }],
];

describe.each(recordings)('%s', (name, { input, output }) => {
  it('is read: its conversation, the tool it calls, its last words, what it used', () => {
    const seen = readAll(name, recorded(`${name}.stream`));
    expect(ofKind(seen, 'conversation').at(-1)?.id).toMatch(/[\w-]{20,}/);
    expect(ofKind(seen, 'tool').some(({ text }) => text.includes('complete_task task-2026-11-28-001'))).toBe(true);
    expect(ofKind(seen, 'message').at(-1)?.text).toBe('The task is completed.');
    expect(ofKind(seen, 'trouble')).toEqual([]);
    expect(ofKind(seen, 'end').every(({ failed }) => !failed)).toBe(true);
    const usage = ofKind(seen, 'usage').at(-1)?.usage;
    if (input + output > 0) expect(usage).toMatchObject({ input_tokens: input, output_tokens: output });
  });

  it.each(readdirSync(folder).filter((file) => file.startsWith(`${name}-limited`)))(
    'is read at its limit: %s',
    (file) => {
      const seen = readAll(name, recorded(file), name === 'gemini' ? 173 : 1);
      const troubles = [...ofKind(seen, 'trouble'), ...ofKind(seen, 'retrying')].map(({ trouble }) => trouble.kind);
      expect(new Set(troubles)).toEqual(new Set(['rate-limit']));
    },
  );
});

describe('limits and logins, in the words of the programs', () => {
  it.each<[PresetName, string, number, { kind: string; until?: string | null }]>([
    [
      'codex',
      '{"type":"turn.failed","error":{"message":"You’ve hit your usage limit. Upgrade or try again in 2 hours."}}',
      1,
      { kind: 'rate-limit', until: '2026-11-28T14:00:00.000Z' },
    ],
    [
      'codex',
      '{"type":"turn.failed","error":{"message":"Quota exceeded. Check your plan and billing."}}',
      1,
      { kind: 'rate-limit' },
    ],
    [
      'codex',
      '{"type":"turn.failed","error":{"message":"unexpected status 401 Unauthorized"}}',
      1,
      { kind: 'not-logged-in' },
    ],
    [
      'copilot',
      '{"type":"session.error","data":{"errorType":"rate_limit","statusCode":429,"message":"Slow down"}}',
      1,
      { kind: 'rate-limit' },
    ],
    [
      'copilot',
      '{"type":"session.error","data":{"errorType":"authentication","statusCode":401}}',
      1,
      { kind: 'not-logged-in' },
    ],
    ['gemini', 'You have exhausted your daily quota on this model.', 1, { kind: 'rate-limit' }],
    ['gemini', 'Attempt 3 failed with status 429', 173, { kind: 'rate-limit' }],
    ['gemini', 'Please set an Auth method', 41, { kind: 'not-logged-in' }],
    [
      'opencode',
      '{"type":"error","sessionID":"s","error":{"name":"APIError","data":{"message":"Too many","statusCode":429,"responseHeaders":{"retry-after":"60"}}}}',
      1,
      { kind: 'rate-limit', until: '2026-11-28T12:01:00.000Z' },
    ],
    ['kimi', 'provider.rate_limit: 429 Too Many Requests', 1, { kind: 'rate-limit' }],
    ['kimi', 'provider.auth_error: 401', 1, { kind: 'not-logged-in' }],
    ['ollama', '{"type":"missing","text":"Ollama does not have m: run ollama pull m"}', 1, { kind: 'program-missing' }],
  ])('%s: %s', (name, line, code, trouble) => {
    expect(ofKind(readAll(name, [line], code), 'trouble').at(-1)?.trouble).toMatchObject(trouble);
  });

  it('Claude Code: a limit of the subscription names its end; a success that is an error is none', () => {
    const resetsAt = now / 1_000 + 7_200;
    const limited = [
      {
        type: 'rate_limit_event',
        session_id: 's',
        rate_limit_info: { status: 'rejected', resetsAt, rateLimitType: 'five_hour' },
      },
      {
        type: 'result',
        subtype: 'success',
        is_error: true,
        api_error_status: 429,
        result: "You've hit your 5-hour limit",
        usage: {},
      },
    ].map((event) => JSON.stringify(event));
    const seen = readAll('claude-code', limited, 1);
    expect(ofKind(seen, 'trouble').at(-1)?.trouble).toMatchObject({
      kind: 'rate-limit',
      until: '2026-11-28T14:00:00.000Z',
    });
    expect(ofKind(seen, 'end').at(-1)?.failed).toBe(true);
    const refused = JSON.stringify({
      type: 'result',
      is_error: true,
      api_error_status: 401,
      result: 'Please run /login',
    });
    expect(ofKind(readAll('claude-code', [refused], 1), 'trouble').at(-1)?.trouble.kind).toBe('not-logged-in');
  });
});

it('Kimi Code names how long it would wait', () => {
  const [waits] = ofKind(readAll('kimi', recorded('kimi-limited.stream'), 1), 'retrying');
  expect(waits?.trouble).toEqual({
    kind: 'rate-limit',
    text: '429 You are at your limit',
    until: '2026-11-28T13:00:00.000Z',
  });
});

describe('a launch', () => {
  it.each(Object.values(presets))(
    'of $name carries model, further arguments and our server, and never the secret',
    (preset) => {
      const { args, env = {}, files = {} } = preset.launch(order);
      const all = [...args, ...Object.values(env), ...Object.values(files)].join('\n');
      expect(args).toContain('--more');
      expect(args).toContain('m');
      if (preset.name !== 'ollama') expect(all).toContain('main.js');
      expect(all).not.toMatch(/FEDERATION_RUN[^"]*=/);
    },
  );

  it.each(Object.values(presets).filter(({ resumes }) => resumes))('of $name goes on in a conversation', (preset) => {
    expect(preset.launch({ ...order, conversation: 'abc-123' }).args.join(' ')).toContain('abc-123');
  });

  it('allows edits, our tools and the checks; everything only by its key', () => {
    const claude = presets['claude-code'];
    expect(claude.launch(order).args).toContain('mcp__federation,Bash(npm test:*)');
    expect(claude.launch(order).args).toContain('acceptEdits');
    expect(claude.launch({ ...order, permissions: 'all' }).args).toContain('bypassPermissions');
    expect(presets.codex.launch(order).args).toContain('workspace-write');
    expect(presets.opencode.launch(order).env?.['OPENCODE_PERMISSION']).toContain('"*":"deny","npm test*":"allow"');
  });
});
