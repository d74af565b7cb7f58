/**
 * One lint rule: imports point one way. A file may import from its own area
 * and from areas on a lower layer, and packages only where they belong.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Lowest first. Areas of one layer do not import each other. */
const layers = [
  ['src/files', 'src/config/version.ts'],
  ['src/domain'],
  ['src/arguments'],
  ['src/routing', 'src/store', 'src/config', 'src/identity', 'src/tokens'],
  ['src/federation.ts', 'src/application'],
  ['src/views'],
  ['src/define-tool.ts', 'src/log', 'src/webhook', 'src/runner'],
  ['tools', 'resources', 'prompts'],
  ['src/board', 'src/clients'],
  ['src/mcp', 'src/cli', 'src/web', 'src/importers', 'src/ollama'],
  ['src/backup'],
  ['src/doctor'],
  ['src/compose'],
  ['src/main.ts', 'src/fed.ts', 'src/ollama-agent.ts'],
];

/** An area that stands on a layer but may be used by some of its neighbours. */
const neighbours = [
  { from: 'src/cli', to: 'src/importers', because: 'fed import reads what the importers give' },
  { from: 'src/application', to: 'src/federation.ts', because: 'they are one area' },
  { from: 'src/federation.ts', to: 'src/application', because: 'they are one area' },
];

const packages = [
  {
    pattern: /^@modelcontextprotocol\//,
    allowedIn: ['src/mcp'],
    message: 'Only src/mcp knows the MCP SDK; tools, resources and prompts are plain objects.',
  },
  {
    pattern: /^natural(?:$|\/)/,
    allowedIn: ['src/routing/natural.ts', 'src/routing/natural-parts.d.ts'],
    message:
      'natural is no dependency of the package: its parts come from src/routing/natural.ts, where the build puts them.',
  },
  {
    pattern: /^pg(?:$|\/)/,
    allowedIn: ['src/store'],
    message: 'Only src/store/postgres knows the client of PostgreSQL; it is loaded where a federation is there.',
  },
  {
    pattern: /^chrono-node(?:$|\/)/,
    allowedIn: ['src/cli/chrono.ts'],
    message:
      'chrono-node is no dependency of the package: its part comes from src/cli/chrono.ts, where the build takes it from.',
  },
  {
    pattern:
      /^(?:node:)?(?:fs|fs\/promises|child_process|net|http|https|timers|timers\/promises|os|process|perf_hooks)$/,
    forbiddenIn: ['src/domain'],
    message: 'The domain knows no clock, no disk and no network; they arrive in the context of a command.',
  },
];

const shipped = /^(?:src|tools|resources|prompts)\//;

function areaOf(path) {
  for (const [layer, areas] of layers.entries()) {
    for (const area of areas) if (path === area || path.startsWith(`${area}/`)) return { layer, area };
  }
  return null;
}

function refusal(fromPath, specifier) {
  const from = areaOf(fromPath);
  if (!specifier.startsWith('.')) {
    const broken = packages.find(
      ({ pattern, allowedIn, forbiddenIn }) =>
        pattern.test(specifier) &&
        (allowedIn === undefined
          ? forbiddenIn.includes(from?.area)
          : !allowedIn.includes(from?.area) && !allowedIn.includes(fromPath)),
    );
    return broken?.message ?? null;
  }
  const toPath = relative(root, resolve(root, dirname(fromPath), specifier))
    .split(sep)
    .join('/');
  if (!shipped.test(toPath)) return `${toPath} is not part of the program: it will not be in the package.`;
  const to = areaOf(toPath);
  if (from === null || to === null) {
    return `${from === null ? fromPath : toPath} has no layer yet: give it one in lint/import-direction.mjs.`;
  }
  if (from.area === to.area || to.layer < from.layer) return null;
  if (neighbours.some((pair) => pair.from === from.area && pair.to === to.area)) return null;
  return `${from.area} must not import ${to.area}: imports point from the edge to the domain (docs/architecture.md).`;
}

const rule = {
  meta: { type: 'problem' },
  create(context) {
    const path = relative(root, context.filename).split(sep).join('/');
    if (!shipped.test(path)) return {};
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const message = refusal(path, node.source.value);
      if (message !== null) context.report({ node: node.source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

export default { meta: { name: 'federation' }, rules: { 'import-direction': rule } };
