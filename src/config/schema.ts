/**
 * The configuration: `.federation/config.json` (comments allowed), one zod
 * schema with every default. `docs/configuration.md` is generated from it.
 * What decisions are made from, without zod, is in `src/domain/decision-config.ts`.
 */
import { z } from 'zod';
import type { DecisionConfig } from '../domain/decision-config.ts';
import { slug } from '../domain/slug.ts';
import { votingMethods } from '../domain/votes/vote.ts';
import { checksSchema, landSchema, worktreeSchema } from './checks-schema.ts';
import { faultsOfRouting, routingSchema, shippedRoutingRules } from './routing-schema.ts';
import { configVersion } from './config-version.ts';
import { runSchema } from './run-schema.ts';
import { faultsOfRules, schedulingSchema, shippedRules } from './rules-schema.ts';

/** Read once in a process: compiling the schema, as zod does by default, would take more than half of the time. */
export const once = { jitless: true } as const;

export const agentSchema = z.strictObject({
  role: z.string().max(200).default('').describe('One line on what this agent is for.'),
  types: z.array(slug).default([]).describe('Task types it does; it may claim unaddressed tasks of these types.'),
  strengths: z.array(z.string().max(60)).default([]).describe('Words that tell others what to send to it.'),
  capacity: z.int().min(1).max(100).default(3).describe('Tasks it may hold at once.'),
  family: slug.optional().describe('Model family; agents of one family tend to make the same mistakes.'),
  fallback: slug.optional().describe('Who may claim its tasks while it is on standby.'),
  read_only: z
    .boolean()
    .default(false)
    .describe('Whether it only gets work that changes no files: the types in read_only_types.'),
  clients: z
    .array(z.string().min(1).max(100))
    .default([])
    .describe('Names that its client programs report over MCP; case does not matter, the beginning is enough.'),
  identity: z
    .string()
    .max(400)
    .optional()
    .describe('Path of its identity file (SOUL.md), relative to the project; given to it by start_session.'),
  run: runSchema.optional().describe('How fed work starts its program; absent: it does not (docs/running-agents.md).'),
});

const defaultAgents: Record<string, z.input<typeof agentSchema>> = {
  claude: {
    role: 'Research, architecture, documentation and review',
    types: ['research', 'architecture', 'documentation', 'review'],
    strengths: ['analysis', 'design', 'writing', 'careful review'],
    family: 'anthropic',
    fallback: 'copilot',
    clients: ['claude-code'],
  },
  copilot: {
    role: 'Implementation, refactoring and testing in the editor',
    types: ['implementation', 'refactoring', 'testing'],
    strengths: ['code completion', 'refactoring', 'unit tests'],
    family: 'openai',
    fallback: 'kimi',
    clients: ['copilot-cli', 'Visual Studio Code'],
  },
  kimi: {
    role: 'Implementation, execution, deployment and testing',
    types: ['implementation', 'execution', 'deployment', 'testing'],
    strengths: ['long runs', 'shell work', 'deployment'],
    family: 'moonshot',
    fallback: 'copilot',
    clients: ['kimi-code'],
  },
  'kimi-ide': {
    role: 'Implementation in the editor',
    types: ['implementation'],
    strengths: ['quick edits'],
    family: 'moonshot',
    fallback: 'kimi',
  },
  ollama: {
    role: 'Summaries, drafts, classification and private data, on this machine',
    types: ['summary', 'draft', 'classification', 'private-data'],
    strengths: ['local', 'private', 'free'],
    family: 'local',
  },
};

const limitsSchema = z.strictObject({
  chain_depth: z
    .int()
    .min(1)
    .max(1000)
    .default(12)
    .describe('Longest chain of tasks that agents and rules may queue, not counting the first task.'),
  open_per_agent: z.int().min(1).max(100_000).default(50).describe('Open tasks addressed to one agent.'),
  automatic_per_hour: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe('Tasks that agents and rules may queue per hour.'),
  rework_rounds: z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('How often one piece of work may be sent back before the operator is asked.'),
});

const leasesSchema = z.strictObject({
  lease_minutes: z.number().min(1).max(1440).default(30).describe('How long a claim lasts without a sign of life.'),
  hold_minutes: z
    .number()
    .min(1)
    .max(10_080)
    .default(240)
    .describe('How long a running process may hold a task; extend_minutes adds time.'),
  grace_seconds: z.number().min(1).max(3600).default(30).describe('Silence after which a process is considered gone.'),
});

const retriesSchema = z.strictObject({
  max_attempts: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('Attempts before a task fails for good, unless the task says otherwise.'),
  first_delay_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Wait before the second attempt; each further wait is four times as long.'),
  longest_delay_seconds: z.number().min(0).max(86_400).default(3600).describe('Longest wait.'),
});

const retentionSchema = z.strictObject({
  finished_days: z
    .number()
    .min(1)
    .max(3650)
    .default(30)
    .describe('Finished tasks and votes are archived after this many days.'),
  finished_tasks: z
    .int()
    .min(10)
    .max(1_000_000)
    .default(5000)
    .describe('How many finished tasks, and votes, are not archived; the newest stay.'),
});

const votingSchema = z.strictObject({
  quorum: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Ballots needed, without abstentions, unless the vote says otherwise.'),
  deadline_hours: z
    .number()
    .min(0.01)
    .max(8760)
    .default(24)
    .describe('How long a vote is open, unless it says otherwise.'),
  method: z
    .enum(votingMethods)
    .default('weighted')
    .describe('How ballots are counted, unless the vote says otherwise.'),
});

function hasNoCredentials(url: string): boolean {
  // What is no URL has been refused as such.
  if (!URL.canParse(url)) return true;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

const filesSchema = z.strictObject({
  group: z
    .union([z.string().min(1).max(100), z.int().min(0)], 'Expected the name or number of a group, or null')
    .nullable()
    .default(null)
    .describe("A group that may read the federation's files, from the next start; null: only their owner."),
});

const webhookSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'Expected an http or https URL' })
    .max(2000)
    .refine(hasNoCredentials, 'Expected a URL without user and password; use secret_env instead')
    .describe('Where each inbox item is sent, as a POST; without user and password.'),
  format: z
    .enum(['json', 'slack', 'ntfy'])
    .default('json')
    .describe('json: the whole item; slack (also Mattermost) and ntfy: one line for a person.'),
  secret_env: z
    .string()
    .max(200)
    .refine((name) => /^[A-Za-z_]\w*$/.test(name), 'Expected the name of an environment variable')
    .optional()
    .describe('Environment variable that holds the signing secret; default: not signed.'),
  timeout_seconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(10)
    .describe('An attempt without an answer within this time has failed.'),
  max_attempts: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe('Attempts before a delivery fails for good; the item stays in the inbox.'),
  first_delay_seconds: z
    .number()
    .min(0.1)
    .max(3600)
    .default(2)
    .describe('Wait before the second attempt; each further wait is four times as long, an hour at most.'),
});

const snapshotsSchema = z.strictObject({
  every_hours: z
    .number()
    .min(0.1)
    .max(8760)
    .nullable()
    .default(1)
    .describe('How often a server in a git repository takes a snapshot where something has changed; null: never.'),
});

const serveSchema = z.strictObject({
  hosts: z
    .array(z.string().regex(/^[a-z0-9.-]{1,253}$/, 'Expected a name as it stands in an address, without a port'))
    .max(20)
    .default([])
    .describe('Further names under which fed serve is reached, such as that of a proxy in front of it.'),
  requests_per_second: z
    .number()
    .min(0.1)
    .max(100_000)
    .default(100)
    .describe('Requests a token may make, with four seconds of them at once.'),
});

export type WebhookConfig = z.infer<typeof webhookSchema>;

export const configSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z
      .int()
      .min(0)
      .max(configVersion)
      .default(configVersion)
      .describe('Version of this file; fed init brings an older one up to date and keeps it beside.'),
    operator: slug.default('reuben').describe('The person in charge, with tools the agents do not see.'),
    people: z.array(slug).default([]).describe('More people with the rights of the operator.'),
    agents: z
      .record(slug, agentSchema)
      .default(() => z.record(slug, agentSchema).parse(defaultAgents, once))
      .describe('The agents.'),
    principles: z
      .array(z.string().max(300))
      .max(12)
      .default([
        'Claim work through the queue; never start what another agent holds.',
        'Say what you did, and name the files, when you complete a task.',
        'Release what you cannot do; report failure when you tried and it did not work.',
        'Queue follow-up work for the agent that does it best instead of asking a person to relay it.',
      ])
      .describe('Given to every agent at the start of a session.'),
    scheduling: schedulingSchema.prefault({}).describe('Follow-ups that are queued when a task finishes.'),
    routing: routingSchema.prefault({}).describe('How the agent for a task queued for auto is chosen.'),
    limits: limitsSchema.prefault({}).describe('Guards against runaway work.'),
    leases: leasesSchema.prefault({}).describe('How long claims last.'),
    retries: retriesSchema.prefault({}).describe('What happens after a failed attempt.'),
    retention: retentionSchema.prefault({}).describe('When finished work is archived.'),
    voting: votingSchema.prefault({}).describe('Defaults of votes.'),
    checks: checksSchema.prefault({}).describe('Commands that prove work, by name (docs/checks.md).'),
    worktree: worktreeSchema.prefault({}).describe('How checkouts are made ready (docs/worktrees-and-landing.md).'),
    land: landSchema.prefault({}).describe('How finished work reaches its branch.'),
    read_only_types: z
      .array(slug)
      .default(['research', 'review', 'architecture', 'summary', 'classification'])
      .describe('Types that change no files, for agents with read_only.'),
    seen_within_hours: z
      .number()
      .min(0.01)
      .max(8760)
      .default(24)
      .describe(
        'How long an agent without a session counts as seen after its last action; votes, auto and warnings rely on agents that were seen.',
      ),
    webhook: webhookSchema.nullable().default(null).describe('Where inbox items are also sent; null: nowhere.'),
    serve: serveSchema.prefault({}).describe('The HTTP server for remote agents and the board; read at its start.'),
    snapshots: snapshotsSchema.prefault({}).describe('Snapshots in git (docs/backup-and-restore.md).'),
    files: filesSchema.prefault({}).describe('Who may read the files in .federation.'),
    log_file: z
      .string()
      .min(1)
      .max(400)
      .nullable()
      .default('FEDERATION_LOG.md')
      .describe('Readable log, relative to the project; null writes none.'),
  })
  .superRefine((config, issues) => {
    const people = new Set([config.operator, ...config.people]);
    const clients = new Map<string, string>();
    for (const [name, agent] of Object.entries(config.agents)) {
      if (name === 'auto' || name === 'system') {
        issues.addIssue({
          code: 'custom',
          path: ['agents', name],
          message: `"${name}" is a reserved name`,
        });
      }
      if (people.has(name)) {
        issues.addIssue({
          code: 'custom',
          path: ['agents', name],
          message: `"${name}" is both an agent and a person`,
        });
      }
      if (agent.fallback !== undefined && (agent.fallback === name || !Object.hasOwn(config.agents, agent.fallback))) {
        issues.addIssue({
          code: 'custom',
          path: ['agents', name, 'fallback'],
          message: `Expected the name of another agent, got "${agent.fallback}"`,
        });
      }
      for (const [index, client] of agent.clients.entries()) {
        const other = clients.get(client.toLowerCase());
        if (other !== undefined) {
          issues.addIssue({
            code: 'custom',
            path: ['agents', name, 'clients', index],
            message: `"${client}" is already a client of ${other}`,
          });
        }
        clients.set(client.toLowerCase(), name);
      }
    }
    const roster = { agents: config.agents, people: [...people], checks: Object.keys(config.checks) };
    for (const { path, message } of faultsOfRules(config.scheduling.rules ?? [], roster)) {
      issues.addIssue({ code: 'custom', path: ['scheduling', 'rules', ...path], message });
    }
    for (const { path, message } of faultsOfRouting(config.routing, config.agents)) {
      issues.addIssue({ code: 'custom', path: ['routing', ...path], message });
    }
  })
  // Left out, the shipped rules are fitted to the roster, which only the whole configuration knows.
  .transform((config) => {
    const { rules = shippedRules({ agents: config.agents }), enabled } = config.scheduling;
    const routing = { ...config.routing, rules: config.routing.rules ?? shippedRoutingRules(config.agents) };
    return { ...config, scheduling: { enabled, rules }, routing };
  }) satisfies z.ZodType<DecisionConfig>;

export type Config = z.infer<typeof configSchema>;

export const defaultConfig: Config = configSchema.parse({}, once);
