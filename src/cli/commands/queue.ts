import { z } from 'zod';
import { note, shortNote, taskChanges, taskId } from '../../../tools/arguments.ts';
import { cancelTask } from '../../../tools/cancel-task.ts';
import { claimTask } from '../../../tools/claim-task.ts';
import { completeTask } from '../../../tools/complete-task.ts';
import { getTask } from '../../../tools/get-task.ts';
import { overrideTask } from '../../../tools/override-task.ts';
import { queuePlan } from '../../../tools/queue-plan.ts';
import { queueTask } from '../../../tools/queue-task.ts';
import { releaseTask } from '../../../tools/release-task.ts';
import { reportProgress } from '../../../tools/report-progress.ts';
import { reviewTask } from '../../../tools/review-task.ts';
import { largestPlan } from '../../domain/tasks/validate-request.ts';
import type { ToolContext } from '../../define-tool.ts';
import type { Actor, ArgsOf } from '../../domain/commands.ts';
import type { TaskChanges } from '../../domain/requests.ts';
import { participantKind } from '../../domain/participants.ts';
import { quote } from '../../domain/text.ts';
import { briefTask, type TaskBrief } from '../../views/task-views.ts';
import { graphView } from '../../views/graph.ts';
import { callTool, type CommandRow, sessionCommand, toolCommand, type Usage } from '../command.ts';
import { editAsText } from '../edit-as-text.ts';
import { deadline, orInput, share, start } from '../forms.ts';
import type { Host } from '../host.ts';
import { readSource } from '../read-source.ts';
import { renderTask } from '../render/render-task-in-full.ts';
import { renderClaim, renderPlan, renderTaskResult } from '../render/render-task.ts';
import { UsageError } from '../report-error.ts';
import { queueList } from './queue-list.ts';
import type { Session } from '../session.ts';
import { manyLines } from '../terminal.ts';

const task = ['<task>', 'task_id', 'id of the task'] as const;
const tasks = ['<task...>', 'task_id', 'their ids'] as const;
const key = ['--key <key>', 'idempotency_key', 'a repeated command with this key returns the first result'] as const;
const why = ['[reason...]', 'reason', 'why'] as const;
const finishing: readonly Usage<'artifacts' | 'commit' | 'duration_minutes' | 'attempt'>[] = [
  ['--commit <id>', 'commit', 'the commit of the finished work'],
  ['--artifact <path>', 'artifacts', 'a file it produced'],
  ['--minutes <minutes>', 'duration_minutes', 'how long it took'],
  ['--attempt <number>', 'attempt', 'which claim this ends (default: the one made on this command line)'],
];

/** Every key there is. Lines short enough that help does not break them. */
const planHelp = `Reads a JSON list of at most ${largestPlan} tasks from a file. Only key and description are required; after names keys of the same plan, or ids of tasks and votes.

  [
    {"key": "parser", "description": "Write the parser",
     "type": "implementation", "to_agent": "kimi", "priority": "high",
     "context": {"artifact_path": "docs/grammar.md"},
     "paths": ["src/parser/**"], "uses": ["staging"],
     "not_before": "2026-02-06T09:00:00Z",
     "deadline": "2026-02-07T17:00:00Z",
     "max_attempts": 3, "on_failure": "block", "needs_approval": false},
    {"key": "tests", "description": "Test it", "after": ["parser"],
     "dependencies": ["task-2026-02-06-001"]}
  ]`;

export const queueCommands: readonly CommandRow[] = [
  toolCommand('queue add', queueTask, renderTaskResult, {
    about: 'queue a task',
    arguments: [
      [
        '<description...>',
        'description',
        'what to do; - for standard input; after -- it may begin with a hyphen',
        orInput,
      ],
    ],
    options: [
      ['--agent, --to <agent>', 'to_agent', 'an agent, or auto to let the router choose; default: anyone'],
      ['--type <slug>', 'type', 'what kind of work, such as implementation or review'],
      ['--priority <priority>', 'priority', 'how urgent; default normal'],
      ['--after <id>', 'dependencies', 'a task or vote to wait for'],
      ['--context <json>', 'context', 'what else the agent needs, as a JSON object'],
      ['--not-before <time>', 'not_before', 'when it may start: 2h, friday, "tomorrow 9:00"', start],
      ['--deadline <time>', 'deadline', 'when it should be done: 2h, friday, "tomorrow 17:00"', deadline],
      ['--max-attempts <count>', 'max_attempts', 'attempts before it fails for good'],
      ['--on-failure <policy>', 'on_failure', 'what happens to dependents if it fails'],
      ['--needs-approval', 'needs_approval', 'the operator must approve it first'],
      ['--path <glob>', 'paths', 'files it will change; overlapping tasks wait'],
      ['--use <name>', 'uses', 'something only one task may use at a time, such as staging'],
      ['--check <name>', 'checks', 'a check it must pass beside those of its type'],
      key,
    ],
    examples: [
      'fed queue add "Write the release notes" --to claude --type documentation',
      'fed queue add Deploy it --after task-2026-02-06-001 --priority high --needs-approval',
      'fed queue add -- --help prints nothing on Windows',
      'fed queue add - --type review < brief.md',
    ],
  }),
  toolCommand('queue plan', queuePlan, renderPlan, {
    about: 'queue many tasks at once, all or nothing',
    more: planHelp,
    arguments: [['<file>', 'tasks', 'the plan; - for standard input', plan]],
    options: [key],
    examples: ['fed queue plan release.json', 'fed queue plan - < release.json'],
  }),
  queueList,
  toolCommand('queue show', getTask, renderTask, {
    about: 'show one task with its history',
    arguments: [task],
    examples: ['fed queue show task-2026-02-06-001'],
  }),
  toolCommand('queue claim', claimTask, renderClaim, {
    about: 'claim the best ready task, or the one named',
    asks: () => 'Agents claim tasks. Claimed by you, it is yours to do and to complete.',
    arguments: [['[task]', 'task_id', 'id of the task']],
    options: [
      ['--types <slug>', 'types', 'only tasks of this type'],
      ['--wait <seconds>', 'wait_seconds', 'wait for one, at most 50 seconds'],
      ['--lease <minutes>', 'lease_minutes', 'how long to hold it'],
    ],
    examples: ['fed queue claim --as kimi', 'fed queue claim task-2026-02-06-001 --as kimi --wait 30'],
  }),
  toolCommand('queue progress', reportProgress, renderTaskResult, {
    about: 'report progress, or ask for more time',
    arguments: [task, ['[note...]', 'note', 'what was done']],
    options: [
      ['--progress <share>', 'progress', 'how much is done: 0.4 or 40%', share],
      ['--extend <minutes>', 'extend_minutes', 'more time'],
      ['--question <text>', 'question', 'a question to the operator'],
    ],
    examples: ['fed queue progress task-2026-02-06-001 "Tests pass" --progress 60% --as kimi'],
  }),
  toolCommand('queue complete', completeTask, renderTaskResult, {
    all: tasksAfter('complete_task'),
    fixed: { outcome: 'success' },
    about: 'complete a task',
    arguments: [tasks, ['<summary...>', 'summary', 'the result']],
    options: finishing,
    examples: ['fed queue complete task-2026-02-06-001 "The parser reads all samples" --as kimi'],
  }),
  toolCommand('queue fail', completeTask, renderTaskResult, {
    all: tasksAfter('complete_task'),
    fixed: { outcome: 'failure' },
    about: 'report that a task was tried and did not work',
    arguments: [tasks, ['<summary...>', 'summary', 'what went wrong']],
    options: [...finishing, ['--no-retry', 'retryable', 'do not retry']],
    examples: ['fed queue fail task-2026-02-06-001 "The disk is full" --as kimi'],
  }),
  toolCommand('queue release', releaseTask, renderTaskResult, {
    all: tasksAfter('release_task'),
    about: 'give a task back: not for me, or not now',
    arguments: [tasks, ['<reason...>', 'reason', 'why']],
    options: [
      ['--to <agent>', 'to_agent', 'the agent to address it to'],
      ['--wait-for <id>', 'wait_for', 'a task or vote to wait for first'],
      ['--question <text>', 'question', 'a question to the operator; the task waits for the answer'],
    ],
    examples: ['fed queue release task-2026-02-06-001 "Needs a GPU" --to kimi --as claude'],
  }),
  toolCommand('queue review', reviewTask, renderTaskResult, {
    all: tasksAfter('review_task'),
    about: 'review finished work',
    asks: otherVerdict,
    arguments: [
      ['<task...>', 'task_id', 'the work, not the review task'],
      ['<verdict>', 'verdict', 'is it good'],
      ['<note...>', 'note', 'why'],
    ],
    examples: ['fed queue review task-2026-02-06-001 rework "The tests are missing" --as claude'],
  }),
  toolCommand('queue approve', overrideTask, renderTaskResult, {
    all: tasksAfter('override_task'),
    fixed: { action: 'approve' },
    about: 'approve a task that waits for approval',
    arguments: [tasks, why],
    examples: ['fed queue approve task-2026-02-06-001'],
  }),
  toolCommand(
    'queue cancel',
    { ...cancelTask, input: cancelTask.input.partial({ reason: true }), handle: cancel },
    renderTaskResult,
    {
      about: 'cancel a task',
      all: async (inputs, session) => {
        const args = inputs.map(({ task_id, reason }) => ({ task_id, reason: reason ?? unsaid(session.actor()) }));
        const done = await session.federation.executeAll('cancel_task', args, session.actor());
        return done.map((result) => briefTask(session.federation.state(), result.task));
      },
      arguments: [tasks, ['[reason...]', 'reason', 'why; required of agents']],
      examples: [
        'fed queue cancel task-2026-02-06-001 "No longer needed"',
        'fed queue cancel 001 002 003 --reason "Moot"',
      ],
    },
  ),
  toolCommand('queue reassign', overrideTask, renderTaskResult, {
    all: tasksAfter('override_task'),
    fixed: { action: 'reassign' },
    about: 'address a task to someone else',
    arguments: [tasks, ['<agent>', 'to_agent', 'the new addressee'], why],
    examples: ['fed queue reassign task-2026-02-06-001 kimi "Claude is away"'],
  }),
  toolCommand('queue requeue', overrideTask, renderTaskResult, {
    all: tasksAfter('override_task'),
    fixed: { action: 'requeue' },
    about: 'put a failed, cancelled or held task back in the queue',
    arguments: [tasks, why],
    options: [['--to <agent>', 'to_agent', 'the new addressee']],
    examples: ['fed queue requeue task-2026-02-06-001 "The fix was reverted"'],
  }),
  sessionCommand({
    path: 'queue note',
    stands: reportProgress.name,
    about: 'leave a note for the holder, or whoever claims it next',
    input: reportProgress.input.pick({ task_id: true }).extend({ note: shortNote }),
    arguments: [task, ['<note...>', 'note', 'what to know']],
    examples: ['fed queue note task-2026-02-06-001 "Leave the old endpoint as it is"'],
    do: ({ task_id, note: text }, session) => callTool(reportProgress, { task_id, note: text }, session),
    render: renderTaskResult,
  }),
  sessionCommand({
    path: 'queue edit',
    stands: overrideTask.name,
    about: 'edit a task that nobody has claimed',
    more: 'Without an option, in your editor (EDITOR). After a change of description or type an approval is asked for again, and auto chooses again.',
    input: taskChanges.extend({ task_id: taskId, reason: note.optional() }),
    arguments: [task],
    options: [
      ['--description <text>', 'description', 'what to do; - for standard input', orInput],
      ['--type <slug>', 'type', 'what kind of work'],
      ['--priority <priority>', 'priority', 'how urgent'],
      ['--after <id>', 'dependencies', 'a task or vote to wait for, replacing the present ones'],
      ['--context <json>', 'context', 'what else the agent needs, as a JSON object'],
      ['--not-before <time>', 'not_before', 'when it may start', start],
      ['--deadline <time>', 'deadline', 'when it should be done: 2h, friday, "tomorrow 17:00"', deadline],
      ['--path <glob>', 'paths', 'files it will change'],
      ['--use <name>', 'uses', 'something only one task may use at a time'],
      ['--reason <text>', 'reason', 'why; kept in the log'],
    ],
    examples: ['fed queue edit task-2026-02-06-001 --type testing --priority high'],
    do: async ({ task_id, reason, ...given }, session) => {
      const apply = (changes: TaskChanges) =>
        callTool(overrideTask, { task_id, action: 'edit', changes: taskChanges.parse(changes), reason }, session);
      const isTyped = Object.keys(given).length > 0 || !session.host.interactive;
      return isTyped ? await apply(given) : await editAsText(task_id, session, apply);
    },
    render: renderTaskResult,
  }),
  sessionCommand({
    path: 'queue graph',
    about: 'show what waits for what, as Mermaid',
    input: z.strictObject({}),
    examples: ['fed queue graph > graph.mmd', 'fed queue graph --json'],
    do: (_input, { federation }) => ({ mermaid: graphView(federation.state()), next: '' }),
    render: ({ mermaid }) => manyLines(mermaid),
  }),
];

/** Runs the command that a tool runs for all of them, or for none; gives what the tasks have become. */
function tasksAfter<C extends 'complete_task' | 'release_task' | 'review_task' | 'override_task'>(name: C) {
  return async (inputs: readonly ArgsOf<C>[], { federation, actor }: Session): Promise<TaskBrief[]> => {
    const done = await federation.executeAll(name, inputs, actor());
    return done.map((result) => briefTask(federation.state(), result.task));
  };
}

/** As the tool, with the reason that a person need not give. */
async function cancel(
  { task_id, reason }: { readonly task_id: string; readonly reason?: string | undefined },
  context: ToolContext,
) {
  return await cancelTask.handle({ task_id, reason: reason ?? unsaid(context.actor()) }, context);
}

/** A person owes nobody a reason. @throws UsageError for an agent. */
function unsaid({ kind }: Actor): string {
  if (kind === 'person') return 'no reason given';
  throw new UsageError('An agent must give a reason', 'Add a reason after the task id.');
}

/** The file's list of tasks; the form of the tool's own argument is a plan as well. */
async function plan(file: string, host: Host): Promise<unknown> {
  const next = 'Give a JSON file with a list of tasks; see fed queue plan --help.';
  const text = await readSource(file, host, next);
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && 'tasks' in read ? read.tasks : read;
  } catch {
    throw new UsageError(`${file} is not JSON`, next);
  }
}

/** A person may change what a person has said, but not by mistake. */
function otherVerdict({ task_id, verdict }: ArgsOf<'review_task'>, { federation }: Session): string | null {
  const reviews = federation.state().tasks.get(task_id)?.reviews ?? [];
  const last = reviews.findLast(({ by }) => participantKind(federation.config, by) === 'person');
  return last?.verdict === 'accept' && verdict === 'rework'
    ? `${last.by} already gave the verdict accept on ${task_id}: ${quote(last.note)}.`
    : null;
}
