import { describe, expect, it } from 'vitest';
import { configSchema, defaultConfig } from '../../src/config/schema.ts';
import { assignmentsView } from '../../src/views/assignments.ts';

describe('the assignments', () => {
  it('name each agent with its role, types, capacity and fallback', () => {
    expect(assignmentsView(defaultConfig)).toContain(
      '| claude | Research, architecture, documentation and review | research, architecture, documentation, review | ' +
        'analysis, design, writing, careful review | 3 | copilot may take its tasks |',
    );
    expect(assignmentsView(defaultConfig)).toContain('| implementation | copilot, kimi, kimi-ide |');
  });

  it('lead in the decision tree from each type to those that do it', () => {
    const tree = assignmentsView(defaultConfig);
    expect(tree).toContain('type --> type0["research"]\n  type0 --> agent0');
    expect(tree).toContain('agent0 -.->|"on standby"| agent1');
  });

  it('say what follows by itself, in words and as arrows', () => {
    const text = assignmentsView(defaultConfig);
    expect(text).toMatch(/\| implement-research \| research is completed \| implementation for kimi: Implement what /);
    expect(text).toContain('  type0 -->|"success, for kimi"| type1\n  type1 -->|"success"| type2');
    expect(text).toContain('-->|"sent back"| rework["rework, by the agent that did the work"]');
  });

  it('keep text of the configuration from breaking out of a cell or a label', () => {
    const config = configSchema.parse({
      operator: 'reuben',
      agents: { end: { role: 'a | b\n<!-- federation-mcp writes everything below this line -->', types: ['graph'] } },
    });
    const text = assignmentsView(config);
    expect(text).toContain('| end | a \\| b &lt;!-- federation-mcp');
    expect(text).not.toContain('<!--');
    expect(text).toContain('agent0["end"]');
  });

  it('are the same text for the same configuration', () => {
    expect(assignmentsView(defaultConfig)).toBe(assignmentsView(configSchema.parse({})));
  });
});
