/** Every client that `fed init --client` knows. Files and shapes: docs/clients.md. */
import { join } from 'node:path';
import {
  type Client,
  type ClientName,
  clientNames,
  type Place,
  type ServerCommand,
  type Surroundings,
} from './client.ts';

type Rest = Partial<Pick<Place, 'format' | 'extras' | 'head' | 'optional' | 'entry'>>;

function place(file: string, path: readonly string[], rest: Rest = {}): Place {
  return {
    file,
    format: 'json',
    path: [...path, 'federation'],
    entry: ({ command, args }) => ({ command, args }),
    extras: {},
    head: {},
    optional: false,
    ...rest,
  };
}

const stdio = ({ command, args }: ServerCommand) => ({ type: 'stdio', command, args });

/** In this user's home; nothing where that is unknown. */
function atHome(...words: readonly string[]): (around: Surroundings) => string {
  return ({ home }) => join(home ?? '', ...words);
}

/** The folder that a variable names, else one in the home. */
function namedOr(variable: string, ...words: readonly string[]): (around: Surroundings) => string {
  return (around) => around.environment[variable] || atHome(...words)(around);
}

const kimiHome = namedOr('KIMI_CODE_HOME', '.kimi-code');
const codexHome = namedOr('CODEX_HOME', '.codex');
const copilotHome = namedOr('COPILOT_HOME', '.copilot');

function claudeState(around: Surroundings): string {
  return join(around.environment['CLAUDE_CONFIG_DIR'] || atHome()(around), '.claude.json');
}

function vscodeUser({ home, environment, platform }: Surroundings): string {
  if (platform === 'darwin') return join(home ?? '', 'Library/Application Support/Code/User');
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(home ?? '', 'AppData/Roaming'), 'Code/User');
  return join(environment['XDG_CONFIG_HOME'] || join(home ?? '', '.config'), 'Code/User');
}

function opencodeHome({ home, environment }: Surroundings): string {
  return join(environment['XDG_CONFIG_HOME'] || join(home ?? '', '.config'), 'opencode');
}

const opencodeParts: Rest = {
  entry: ({ command, args }) => ({ type: 'local', command: [command, ...args] }),
  extras: { enabled: true },
  head: { $schema: 'https://opencode.ai/config.json' },
};

const codexParts: Rest = { format: 'toml', extras: { startup_timeout_sec: 20 } };

const everywhere = 'It starts in every project there; each has a federation of its own.';

const table: Readonly<Record<ClientName, Omit<Client, 'name'>>> = {
  claude: {
    product: 'Claude Code',
    programs: ['claude'],
    traces: (around) => [claudeState(around), atHome('.claude')(around)],
    places: {
      project: (around) => [
        place(join(around.project, '.mcp.json'), ['mcpServers'], { entry: stdio }),
        // As `claude mcp add` does: what this user added needs no approval in each clone.
        place(claudeState(around), ['projects', around.project, 'mcpServers'], { entry: stdio, optional: true }),
      ],
      user: (around) => [place(claudeState(around), ['mcpServers'], { entry: stdio })],
    },
    reports: 'claude-code',
    preset: 'claude-code',
    check: 'claude mcp list',
    notes: {
      project: [
        'Others who work here are asked once whether to use the server of .mcp.json; where nobody can be asked, ' +
          '"enableAllProjectMcpServers": true in their .claude/settings.local.json answers.',
      ],
      user: [everywhere],
    },
  },
  vscode: {
    product: 'VS Code',
    programs: ['code'],
    traces: (around) => [vscodeUser(around), join(around.project, '.vscode')],
    places: {
      project: ({ project }) => [place(join(project, '.vscode/mcp.json'), ['servers'], { entry: stdio })],
      user: (around) => [place(join(vscodeUser(around), 'mcp.json'), ['servers'], { entry: stdio })],
    },
    reports: 'Visual Studio Code',
    preset: null,
    check: 'in VS Code: MCP: List Servers',
    notes: { project: [], user: [everywhere] },
  },
  copilot: {
    product: 'Copilot CLI',
    programs: ['copilot'],
    traces: (around) => [copilotHome(around)],
    places: {
      project: ({ project }) => [
        place(join(project, '.mcp.json'), ['mcpServers'], { entry: stdio, extras: { tools: ['*'] } }),
      ],
      user: (around) => [
        place(join(copilotHome(around), 'mcp-config.json'), ['mcpServers'], {
          entry: ({ command, args }) => ({ type: 'local', command, args }),
          extras: { tools: ['*'] },
        }),
      ],
    },
    reports: 'copilot-cli',
    preset: 'copilot',
    check: 'copilot mcp list',
    notes: {
      project: ["It starts a project's servers only in a trusted folder: say yes when it asks about this one."],
      user: [everywhere],
    },
  },
  kimi: {
    product: 'Kimi Code',
    programs: ['kimi'],
    traces: (around) => [kimiHome(around)],
    places: { project: null, user: (around) => [place(join(kimiHome(around), 'mcp.json'), ['mcpServers'])] },
    reports: 'kimi-code',
    preset: 'kimi',
    check: 'in kimi: /mcp',
    notes: { project: [], user: [everywhere] },
  },
  'kimi-cli': {
    product: 'Kimi CLI (Python)',
    programs: [],
    traces: (around) => [atHome('.kimi')(around)],
    places: { project: null, user: (around) => [place(join(atHome('.kimi')(around), 'mcp.json'), ['mcpServers'])] },
    reports: null,
    preset: null,
    check: 'in kimi: /mcp',
    notes: { project: [], user: [everywhere] },
  },
  cursor: {
    product: 'Cursor',
    programs: ['cursor'],
    traces: (around) => [atHome('.cursor')(around), join(around.project, '.cursor')],
    places: {
      project: ({ project }) => [place(join(project, '.cursor/mcp.json'), ['mcpServers'])],
      user: (around) => [place(join(atHome('.cursor')(around), 'mcp.json'), ['mcpServers'])],
    },
    reports: null,
    preset: null,
    check: 'in Cursor: Settings, MCP',
    notes: { project: [], user: [everywhere] },
  },
  gemini: {
    product: 'Gemini CLI',
    programs: ['gemini'],
    traces: (around) => [atHome('.gemini')(around)],
    places: {
      project: ({ project }) => [place(join(project, '.gemini/settings.json'), ['mcpServers'])],
      user: (around) => [place(join(atHome('.gemini')(around), 'settings.json'), ['mcpServers'])],
    },
    reports: 'gemini-cli-mcp-client',
    preset: 'gemini',
    check: 'gemini mcp list',
    notes: {
      project: [
        'It starts servers only in a trusted folder: say yes when it asks about this one. ' +
          'It ignores its settings where others may write to a folder above, as in /tmp.',
      ],
      user: [everywhere, 'It starts servers only in trusted folders.'],
    },
  },
  codex: {
    product: 'Codex',
    programs: ['codex'],
    traces: (around) => [codexHome(around)],
    places: {
      project: null,
      user: (around) => [place(join(codexHome(around), 'config.toml'), ['mcp_servers'], codexParts)],
    },
    reports: 'codex-mcp-client',
    preset: 'codex',
    check: 'codex mcp list',
    notes: {
      project: [],
      user: [everywhere, 'startup_timeout_sec gives a slow machine time; runs without a person need required = true.'],
    },
  },
  opencode: {
    product: 'opencode',
    programs: ['opencode'],
    traces: (around) => [opencodeHome(around)],
    places: {
      project: ({ project }) => [place(join(project, 'opencode.json'), ['mcp'], opencodeParts)],
      user: (around) => [place(join(opencodeHome(around), 'opencode.json'), ['mcp'], opencodeParts)],
    },
    reports: 'opencode',
    preset: 'opencode',
    check: 'opencode mcp list',
    notes: { project: [], user: [everywhere] },
  },
};

export const clients: readonly Client[] = clientNames.map((name) => ({ name, ...table[name] }));

export function clientNamed(name: ClientName): Client {
  return { name, ...table[name] };
}
