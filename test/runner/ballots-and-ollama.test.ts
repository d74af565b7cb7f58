/** Ballots by the agents' own programs, and Ollama as an agent against a stand-in for its server. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startModelApi } from '../../scripts/clients/model-api.ts';
import { ballotFrom } from '../../src/runner/ballot.ts';
import { Project } from '../../src/files/project.ts';
import { projectTools } from '../../src/ollama/project-tools.ts';
import { runnerWorld } from '../support/runner-world.ts';

it('asks for a due ballot once, and takes a valid answer alone', async () => {
  const ballot = '{"choice":"app","confidence":0.8,"reasoning":"Newer"}';
  const world = await runnerWorld({
    kimi: { types: [], run: { command: ['sh', '-c', `echo 'Well: ${ballot}'`], votes: true } },
    claude: { types: [], run: { command: ['sh', '-c', 'echo I do not know'], votes: true } },
  });
  const { vote } = await world.execute('reuben', 'open_vote', {
    question: 'Which router?',
    options: ['app', 'pages'],
    eligible: ['kimi', 'claude'],
  });
  await world.work();
  expect(world.runs().map(({ agent, vote_id, outcome }) => [agent, vote_id, outcome])).toEqual([
    ['kimi', vote.vote_id, 'voted'],
    ['claude', vote.vote_id, 'no-ballot'],
  ]);
  expect(
    world.federation
      .state()
      .votes.get(vote.vote_id)
      ?.ballots.map(({ agent }) => agent),
  ).toEqual(['kimi']);
});

it('reads a ballot from JSON with words around it, and nothing else as one', () => {
  const ballot = { choice: 'a', confidence: 1, reasoning: 'r' };
  expect(ballotFrom(ballot)).toEqual(ballot);
  expect(ballotFrom(`So:\n${JSON.stringify(ballot)}\nThat is it`)).toEqual(ballot);
  for (const answer of ['', 'a', '{', '{}', { ...ballot, confidence: 2 }, null]) expect(ballotFrom(answer)).toBeNull();
});

it('lets a model of Ollama complete its task; a missing server puts the agent on standby with what helps', async () => {
  const api = await startModelApi(0);
  onTestFinished(() => api.close());
  const world = await runnerWorld({
    ollama: { types: ['summary'], run: { preset: 'ollama', model: 'small', host: api.url } },
    other: { types: ['draft'], run: { preset: 'ollama', model: 'small', host: 'http://127.0.0.1:9' } },
  });
  const { task_id } = await world.queue('Sum it up', { type: 'summary' });
  await world.queue('Draft it', { type: 'draft' });
  await world.work();
  expect(world.task(task_id)).toMatchObject({
    status: 'completed',
    result: { by: 'ollama', summary: 'Done by the stand-in model' },
  });
  expect(world.federation.state().agents.get('other')).toMatchObject({
    status: 'standby',
    reason: 'Ollama does not answer at http://127.0.0.1:9: start it with ollama serve',
  });
});

it('keeps a plain answer as the artifact of the task', async () => {
  const api = await startModelApi(0, null, 'answers only');
  onTestFinished(() => api.close());
  const world = await runnerWorld({
    ollama: { types: ['draft'], run: { preset: 'ollama', host: api.url, model: 'm' } },
  });
  const { task_id } = await world.queue('Draft it', { type: 'draft', context: { artifact_path: 'drafts/one.md' } });
  await world.work();
  expect(world.task(task_id).result).toMatchObject({ artifacts: ['drafts/one.md'], summary: 'answers only' });
  expect(readFileSync(join(world.folder, 'drafts/one.md'), 'utf8')).toBe('answers only');
});

it('reads and writes files of the project alone, and follows no link that leads out', async () => {
  const world = await runnerWorld({});
  mkdirSync(join(world.folder, 'src'));
  symlinkSync('/etc', join(world.folder, 'out'));
  const tools = new Map(projectTools(new Project(world.folder), world.dir).map((tool) => [tool.name, tool]));
  const run = async (name: string, given: object): Promise<string> => (await tools.get(name)?.run(given)) ?? '';
  expect(await run('write_file', { path: 'src/deep/a.txt', content: 'hi' })).toContain('src/deep/a.txt');
  expect(await run('read_file', { path: 'src/deep/a.txt' })).toBe('hi');
  expect(await run('list_files', { path: 'src' })).toBe('deep/');
  await expect(run('read_file', { path: 'out/passwd' })).rejects.toThrow('leads out of the project');
  await expect(run('write_file', { path: '../x', content: '' })).rejects.toThrow('leads out of the project');
  await expect(run('write_file', { path: '.git/hooks/x', content: '' })).rejects.toThrow('belongs to git');
  await expect(run('write_file', { path: '.federation/config.json', content: '' })).rejects.toThrow('federation');
});
