/**
 * Who does what, for people: AGENT_ASSIGNMENTS.md from the configuration. The
 * same configuration gives the same text, so that a commit shows what changed.
 */
import type { Config } from '../config/schema.ts';
import { inMarkdown } from '../domain/text.ts';
import { mermaidLabel } from './mermaid.ts';
import { rulesInWords } from './schedule-view.ts';

/** Markdown with two Mermaid diagrams, ending in a line break. */
export function assignmentsView(config: Config): string {
  const sections = [
    'From `.federation/config.json`, by `fed agents assignments`. Change the configuration, not this text.',
    '## Agents',
    agentsTable(config),
    `The operator is **${config.operator}**${config.people.length === 0 ? '' : ` (also ${config.people.join(', ')})`}: sees everything, and is asked when the agents cannot settle something.`,
    '## Types of work',
    typesTable(config),
    '## Who gets a task',
    diagram(decisionTree(config)),
    'Keywords by which the router chooses (`auto`) until it has learned from outcomes:',
    keywordsTable(config),
    '## Automatic follow-ups',
    config.scheduling.enabled
      ? 'Automatic scheduling is on by default; `fed schedule off` turns it off.'
      : 'Automatic scheduling is off by default; `fed schedule on` turns it on.',
    rulesTable(config),
    diagram(ruleGraph(config)),
  ];
  return `${sections.join('\n\n')}\n`;
}

function agentsTable({ agents }: Config): string {
  return table(
    ['agent', 'role', 'types', 'strengths', 'holds at most', 'while on standby'],
    Object.entries(agents).map(([name, agent]) => [
      name,
      agent.role,
      agent.types.join(', '),
      agent.strengths.join(', '),
      String(agent.capacity),
      agent.fallback === undefined ? 'its tasks wait' : `${agent.fallback} may take its tasks`,
    ]),
  );
}

function typesTable(config: Config): string {
  return table(
    ['type', 'agents that may claim it'],
    typesOf(config).map(({ type, agents }) => [type, agents.join(', ')]),
  );
}

function rulesTable(config: Config): string {
  return table(
    ['rule', 'when', 'then'],
    rulesInWords(config).map(({ name, when, then }) => [name, when, then]),
  );
}

/** Types are said above already. */
function keywordsTable({ agents, routing }: Config): string {
  return table(
    ['agent', 'keywords and weights'],
    Object.keys(agents).map((name) => [
      name,
      routing.rules
        .filter((rule) => rule.agent === name && rule.on === 'text')
        .map(({ keyword, weight }) => `${keyword} ${weight}`)
        .join(', '),
    ]),
  );
}

/** Every type that an agent does, in the order of the roster. */
function typesOf({ agents }: Config): { readonly type: string; readonly agents: readonly string[] }[] {
  const doers = new Map<string, string[]>();
  for (const [name, { types }] of Object.entries(agents)) {
    for (const type of types) doers.set(type, [...(doers.get(type) ?? []), name]);
  }
  return [...doers].map(([type, names]) => ({ type, agents: names }));
}

function decisionTree(config: Config): string[] {
  // Ids of our own: an agent may be called "end", which Mermaid would take for its word.
  const ids = new Map(Object.keys(config.agents).map((name, index) => [name, `agent${index}`]));
  const idOf = (name: string): string => ids.get(name) ?? 'anyone';
  const lines = [
    'flowchart TD',
    '  queued(["a task is queued"]) --> addressed{"addressed?"}',
    '  addressed -->|"to an agent"| that["that agent"]',
    '  that -->|"on standby, with a fallback"| fallback["its fallback may take it too"]',
    '  addressed -->|"auto"| chosen{"the router chooses"}',
    '  addressed -->|"to nobody"| type{"of which type?"}',
    '  chosen -->|"of a type that agents do: one of them"| type',
    '  chosen -->|"otherwise"| best["the agent most likely to succeed"]',
    '  type -->|"none"| anyone["the first agent that asks"]',
    `  type -->|"one that nobody does"| operator["${mermaidLabel(config.operator)}, the operator"]`,
  ];
  for (const [name, id] of ids) lines.push(`  ${id}["${mermaidLabel(name)}"]`);
  for (const [index, { type, agents }] of typesOf(config).entries()) {
    lines.push(`  type --> type${index}["${mermaidLabel(type)}"]`);
    for (const name of agents) lines.push(`  type${index} --> ${idOf(name)}`);
  }
  for (const [name, { fallback }] of Object.entries(config.agents)) {
    if (fallback !== undefined) lines.push(`  ${idOf(name)} -.->|"on standby"| ${idOf(fallback)}`);
  }
  return lines;
}

/** Type to type, each arrow a rule. */
function ruleGraph({ scheduling }: Config): string[] {
  const ids = new Map<string, string>();
  const idOf = (type: string | undefined): string => {
    const label = type ?? 'any task';
    const id = ids.get(label) ?? `type${ids.size}`;
    ids.set(label, id);
    return id;
  };
  const arrows = scheduling.rules.map(({ when, then }) => {
    const by = when.agent === undefined ? '' : ` by ${when.agent}`;
    const to = then.to_agent === 'auto' ? '' : `, for ${then.to_agent}`;
    return `  ${idOf(when.type)} -->|"${mermaidLabel(`${when.outcome}${by}${to}`)}"| ${idOf(then.type)}`;
  });
  const review = idOf('review');
  arrows.push(`  ${review} -->|"sent back"| rework["rework, by the agent that did the work"]`);
  return ['flowchart LR', ...[...ids].map(([label, id]) => `  ${id}["${mermaidLabel(label)}"]`), ...arrows];
}

function diagram(lines: readonly string[]): string {
  return `\`\`\`mermaid\n${lines.join('\n')}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells.map(inCell)))].join('\n');
}

/** Text from the configuration in one cell; angle brackets could begin a comment, such as the marker itself. */
function inCell(text: string): string {
  return inMarkdown(text, 600).replaceAll('|', '\\|');
}
