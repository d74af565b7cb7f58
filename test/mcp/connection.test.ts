import { describe, expect, it } from 'vitest';
import { type Authentication, localAuthentication } from '../../src/mcp/authentication.ts';
import { Connection } from '../../src/mcp/connection.ts';
import { configSchema } from '../../src/config/schema.ts';
import { logEntries } from '../../src/views/event-lines.ts';
import { connectTo, type Era, makeService, speakTo } from '../support/mcp-connections.ts';
import type { PersonAnswer } from '../support/mcp-clients.ts';

/** As a server for remote clients authenticates: a token says who, and nobody sits beside it. */
function remote(name: string, person: string | null = null): Authentication {
  return {
    provenance: { via: 'http' },
    mayBePerson: false,
    readOnly: false,
    identify: () => ({ name, kind: 'agent', person }),
  };
}

const eras: readonly Era[] = ['legacy', 'modern'];

describe.each(eras)('two connections of one process, %s protocol', (era) => {
  it('hold their work apart: each keeps its lease while the other one speaks, and ends alone', async () => {
    const { service, federation, call } = await makeService();
    const [claude, kimi] = [
      await connectTo(service, remote('claude'), { era }),
      await connectTo(service, remote('kimi'), { era }),
    ];
    for (const to_agent of ['claude', 'kimi']) await call('reuben', 'queue_task', { description: 'x', to_agent });
    await claude.call('claim_task');
    await kimi.call('claim_task');
    await claude.call('list_tasks');
    const leases = () =>
      [...federation.state().tasks.values()].map(({ status, lease }) => [status, lease?.session ?? null]);
    expect(leases()).toEqual([
      ['in-progress', claude.connection.session],
      ['in-progress', kimi.connection.session],
    ]);
    expect(claude.connection.session).not.toBe(kimi.connection.session);
    const living = () => federation.presence().map(({ agent }) => agent);
    expect(living()).toEqual(['claude', 'kimi']);

    await claude.connection.end();
    expect(leases()).toEqual([
      ['pending', null],
      ['in-progress', kimi.connection.session],
    ]);
    expect(living()).toEqual(['kimi']);
    expect((await claude.call('claim_task')).error).toMatchObject({ code: 'not-identified' });
    const done = {
      task_id: [...federation.state().tasks.values()].at(-1)?.task_id,
      outcome: 'success',
      summary: 'done',
    };
    expect((await kimi.call('complete_task', done)).structured).toMatchObject({ task: { status: 'completed' } });
  });

  it('end twice without harm, and without having acted', async () => {
    const { service, log } = await makeService();
    const silent = await connectTo(service, remote('claude'), { era });
    await silent.listTools();
    await silent.connection.end();
    await silent.connection.end();
    expect(log.records).toEqual([]);
  });

  it('watch by themselves: ending one leaves the other one told', async () => {
    const { service, call } = await makeService();
    const told = { claude: 0, kimi: 0 };
    const claude = await connectTo(service, remote('claude'), { era });
    const kimi = await connectTo(service, remote('kimi'), { era });
    await claude.watch('federation://status', () => (told.claude += 1));
    await kimi.watch('federation://status', () => (told.kimi += 1));
    await call('reuben', 'queue_task', { description: 'first' });
    await expect.poll(() => told).toEqual({ claude: 1, kimi: 1 });
    await claude.connection.end();
    await call('reuben', 'queue_task', { description: 'second' });
    await expect.poll(() => told.kimi).toBe(2);
    expect(told.claude).toBe(1);
  });
});

describe.each(eras)('who acts, %s protocol', (era) => {
  it('is the first name that a client gives, whatever it calls itself later', async () => {
    const { service, federation } = await makeService();
    const connection = new Connection(service, localAuthentication(null, {}));
    const client = await speakTo(connection, era);
    for (const clientName of ['claude-code', 'kimi-code']) {
      await client.call(clientName, 'queue_task', { description: `from ${clientName}` });
    }
    expect([...federation.state().tasks.values()].map(({ from_agent }) => from_agent)).toEqual(['claude', 'claude']);
    expect(connection.actor(federation.config)).toMatchObject({ name: 'claude', client: 'claude-code' });
  });

  it('is nobody for a client that is not known, also under a known name later', async () => {
    const { service } = await makeService();
    const client = await speakTo(new Connection(service, localAuthentication(null, {})), era);
    for (const name of ['mystery', 'claude-code']) {
      expect((await client.call(name, 'claim_task')).error).toMatchObject({
        code: 'not-identified',
        message: expect.stringContaining('mystery'),
      });
    }
  });
});

describe('a client that nobody is known by', () => {
  it('is told at the start how things stand, what it may read, and the line to add', async () => {
    const { service, log, call } = await makeService();
    const { task } = await call('reuben', 'queue_task', { description: 'x' });
    const { task_id } = Object(task);
    const question = { question: 'Which?', options: ['a', 'b'] };
    const { vote_id } = Object((await call('claude', 'open_vote', question))['vote']);
    const before = log.records.length;
    const codex = await connectTo(service, localAuthentication(null, {}), { clientName: 'codex-mcp-client' });
    const { structured, isError } = await codex.call('start_session');
    expect(isError).toBe(false);
    expect(structured).toMatchObject({
      you: { name: null, why: expect.stringContaining('codex-mcp-client') },
      operator: 'reuben',
      paused: null,
      tasks: { ready: 1 },
      next: expect.stringMatching(/add "codex": \{.*"clients":\["codex-mcp-client"\]\} to "agents" in .*--as NAME/),
    });
    expect(structured['roster']).toContainEqual({ name: 'kimi', role: expect.any(String), status: 'not seen yet' });
    const args: Record<string, object> = {
      list_tasks: {},
      get_task: { task_id },
      get_vote: { vote_id },
      route_task: { description: 'Write it' },
    };
    for (const tool of [structured['may_read']].flat().map(String)) {
      if (tool.startsWith('federation://')) continue;
      expect(await codex.call(tool, { ...args[tool] })).toMatchObject({ isError: false });
    }
    const changes: Record<string, Record<string, unknown>> = {
      claim_task: {},
      queue_task: { description: 'x' },
      cast_vote: { vote_id, choice: 'a', confidence: 1, reasoning: 'r' },
    };
    for (const [tool, given] of Object.entries(changes)) {
      expect((await codex.call(tool, given)).error.code).toBe('not-identified');
    }
    expect(log.records.length).toBe(before);
  });

  it('is told the alias to add where it is no known product, and by whom the server was started', async () => {
    const { service } = await makeService();
    const next = async (named: string | null, environment: Record<string, string> = {}) =>
      (await (await connectTo(service, localAuthentication(named, environment))).call('start_session')).structured;
    expect((await next(null))['next']).toMatch(/add "some-client" to agents\.<name>\.clients/);
    expect(await next('kimmi')).toMatchObject({ you: { why: expect.stringContaining('"kimmi"') } });
    expect(await next('reuben', { AI_AGENT: 'x' })).toMatchObject({
      you: { why: expect.stringContaining('AI_AGENT') },
    });
  });
});

describe('who acts', () => {
  const roster = (clients: object) => configSchema.parse({ agents: clients });
  const claudeAndKimi = roster({ claude: { clients: ['one'] }, kimi: { clients: ['two'] } });

  it('stays when the alias moves, and ends when the agent leaves the roster', async () => {
    const { service } = await makeService();
    const connection = new Connection(service, localAuthentication(null, {}));
    connection.meet('one');
    expect(connection.actor(claudeAndKimi).name).toBe('claude');
    expect(connection.actor(roster({ claude: {}, kimi: { clients: ['one'] } })).name).toBe('claude');
    expect(() => connection.actor(roster({ kimi: { clients: ['one'] } }))).toThrow(/claude is no longer an agent/);
  });

  it('is known as soon as the configuration names the client', async () => {
    const { service } = await makeService();
    const connection = new Connection(service, localAuthentication(null, {}));
    connection.meet('three');
    expect(() => connection.actor(claudeAndKimi)).toThrow(/calls itself "three"/);
    expect(connection.actor(roster({ kimi: { clients: ['Three'] } })).name).toBe('kimi');
  });
});

describe.each(eras)('what a person is asked, %s protocol', (era) => {
  /** A vote that claude and this client's agent leave undecided. */
  const tie = async (authentication: Authentication, onAsked: () => PersonAnswer) => {
    const { service, log, call } = await makeService();
    const question = { question: 'Which?', options: ['a', 'b'], eligible: ['claude', 'kimi'] };
    const opened = await call('claude', 'open_vote', question);
    const { vote_id } = Object(opened['vote']);
    const ballot = { vote_id, confidence: 0.8, reasoning: 'r' };
    await call('claude', 'cast_vote', { ...ballot, choice: 'a' });
    const kimi = await connectTo(service, authentication, { era, clientName: 'kimi-code', onAsked });
    const { structured } = await kimi.call('cast_vote', { ...ballot, choice: 'b' });
    return { log, structured };
  };
  const answerB = (): PersonAnswer => ({ action: 'accept', content: { choice: 'b', reason: 'It is known' } });

  it('is recorded as that person’s word, with the client and the agent it came through', async () => {
    const { log, structured } = await tie(localAuthentication('kimi', {}), answerB);
    expect(structured).toMatchObject({ status: 'decided', result: { decided_by: 'reuben', via: 'kimi-code' } });
    const command = log.records.at(-1)?.commands.at(-1);
    expect(command).toMatchObject({ by: 'reuben', via: 'stdio', asked_by: 'kimi', client: 'kimi-code' });
    const decided = log.records.flatMap(logEntries).find(({ by }) => by === 'reuben');
    expect(decided).toMatchObject({ how: 'asked by kimi in kimi-code' });
  });

  it('is the word of whoever a remote client’s token names, and nobody is asked where it names nobody', async () => {
    const { log, structured } = await tie(remote('kimi', 'reuben'), answerB);
    expect(structured).toMatchObject({ result: { decided_by: 'reuben' } });
    expect(log.records.at(-1)?.commands.at(-1)).toMatchObject({ via: 'http', asked_by: 'kimi' });

    let asked = 0;
    const alone = await tie(remote('kimi'), () => {
      asked += 1;
      return answerB();
    });
    expect(alone.structured).toMatchObject({ status: 'escalated' });
    expect(asked).toBe(0);
  });
});
