import { z } from 'zod';
import { requiredChecks } from '../../domain/checks/required-checks.ts';
import { CallerError, OperatorError } from '../../domain/errors.ts';
import { advise, call } from '../../domain/advice.ts';
import { plural } from '../../domain/phrases.ts';
import { oneOfThem } from '../../domain/tasks/validate-request.ts';
import { quote } from '../../domain/text.ts';
import type { Config } from '../../config/schema.ts';
import { command } from '../command.ts';
import { programEnvironment } from '../program-environment.ts';
import { LiveRuns } from '../live-runs.ts';
import { type RunContext, withSession } from '../session.ts';
import { settleTrust } from '../trust.ts';

const starting = z.strictObject({
  once: z.boolean().default(false),
  trust: z.boolean().default(false),
});

const startingOptions = [
  ['--once', 'once', 'end when nothing is ready and nothing runs'],
  ['--trust', 'trust', 'approve the commands of the configuration as they are now'],
] as const;

export const work = command({
  path: 'work',
  about: "start agents' programs for ready tasks",
  more:
    'Waits for ready work of the agents named, or of all that have "run" in the configuration, starts their programs, ' +
    'watches them, and settles what they leave. Ctrl-C ends the runs and gives their tasks back. docs/running-agents.md.',
  input: starting.extend({
    agents: z.array(z.string().min(1).max(40)).default([]),
    worktree: z.boolean().default(false),
  }),
  arguments: [['[agent...]', 'agents', 'the agents to start; default: all with "run" in the configuration']],
  options: [['--worktree', 'worktree', 'give every task a git worktree of its own'], ...startingOptions],
  writesFiles: () => true,
  examples: ['fed work', 'fed work claude kimi', 'fed work --once --trust'],
  run: (given, context) => startAgents(context, given),
});

export const ollama = command({
  path: 'ollama',
  about: 'the same as fed work ollama',
  more: 'Starts the agent ollama for its ready tasks; its "run" in the configuration is {"preset": "ollama"}.',
  input: starting.extend({ model: z.string().min(1).max(200).optional() }),
  options: [
    ['--model <name>', 'model', 'the model, such as llama3.2; default: as configured, else the first installed'],
    ...startingOptions,
  ],
  writesFiles: () => true,
  examples: ['fed ollama', 'fed ollama --model qwen3:8b --once'],
  run: ({ model, once, trust }, context) =>
    startAgents(context, { agents: ['ollama'], once, trust, worktree: false, model }),
});

interface Work extends z.output<typeof starting> {
  readonly agents: readonly string[];
  readonly worktree?: boolean;
  /** Of this start, before what is configured. */
  readonly model?: string | undefined;
}

async function startAgents(context: RunContext, { agents, once, trust, worktree = false, model }: Work): Promise<void> {
  const { host } = context;
  await withSession(context, async (session) => {
    const { federation, folder, signal, terminal, json, show } = session;
    const names = agentsToStart(federation.config, agents);
    const unapproved = await settleTrust(context, session, trust);
    const { runAgents } = await import('../../runner/runner.ts');
    const served = federation.documents === null ? null : await host.serveRuns(federation);
    const live = new LiveRuns(host.out, terminal, json);
    live.say(`working for ${names.join(', ')}${once ? '' : '; Ctrl-C ends'}`);
    try {
      const done = await runAgents({
        federation,
        folder,
        environment: programEnvironment(federation, host.environment),
        storeEnvironment: served?.environment ?? {},
        programs: host.programs,
        allowed: (type) => checkCommands(federation.config, type),
        worktrees: worktree ? 'all' : 'as configured',
        agents: names,
        model: model ?? null,
        once,
        signal,
        unapproved,
        tell: (activity) => live.tell(activity),
        say: (text) => live.say(text),
      });
      live.close();
      const next = done.failed + done.checks_failed > 0 ? 'See fed runs.' : advise`See ${call('list_tasks')}.`;
      const disproved = done.checks_failed === 0 ? '' : `, ${done.checks_failed} of them did not pass the checks`;
      const ended = `${plural(done.runs, 'run')}: ${done.completed} completed${disproved}, ${done.failed} failed.`;
      if (done.runs === 0) show({ ...done, next: '' }, () => 'Nothing was started.');
      else show({ ...done, next }, () => ended);
    } finally {
      live.close();
      await served?.close();
    }
  });
}

/** What an agent may run to try its work: the checks it will have to pass. */
function checkCommands(config: Config, type: string | null): readonly (readonly string[])[] {
  return requiredChecks(config, { type, checks: [] }).flatMap((name) => {
    const check = config.checks[name];
    return check === undefined ? [] : [check.command];
  });
}

/** @throws CallerError for a name that is no agent with a `run`. */
function agentsToStart({ agents }: Config, named: readonly string[]): readonly string[] {
  const runnable = Object.keys(agents).filter((name) => agents[name]?.run !== undefined);
  const how = 'Add "run": {"preset": "claude-code"} or {"command": […]} to an agent in .federation/config.json.';
  if (runnable.length === 0) throw new OperatorError('not-allowed', 'No agent has "run" in the configuration.', how);
  for (const name of named) {
    if (runnable.includes(name)) continue;
    const isKnown = Object.hasOwn(agents, name);
    throw new CallerError(
      isKnown ? 'not-allowed' : 'unknown-agent',
      isKnown ? `${name} has no "run" in the configuration.` : `${quote(name)} is not an agent.`,
      isKnown ? how : oneOfThem(name, runnable),
    );
  }
  return named.length === 0 ? runnable : [...new Set(named)];
}
