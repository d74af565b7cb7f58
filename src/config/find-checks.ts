/** Commands that prove work, as the files of a project show them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

export interface FoundCheck {
  /** Its name in the configuration. */
  readonly name: string;
  readonly command: readonly string[];
  /** The file that decides what it runs. */
  readonly protect: readonly string[];
}

const manifest = z.object({ scripts: z.object({ test: z.string() }) });

interface Sign {
  readonly name: string;
  readonly command: readonly string[];
  /** The file that it is known by, or null. */
  readonly in: (project: string) => string | null;
}

const signs: readonly Sign[] = [
  { name: 'npm-test', command: ['npm', 'test'], in: (project) => (hasTestScript(project) ? 'package.json' : null) },
  { name: 'pytest', command: ['pytest'], in: pytestFile },
  { name: 'cargo-test', command: ['cargo', 'test'], in: (project) => there(project, 'Cargo.toml') },
  { name: 'go-test', command: ['go', 'test', './...'], in: (project) => there(project, 'go.mod') },
];

/** A single one is called `test`. */
export function findChecks(project: string): readonly FoundCheck[] {
  const found = signs.flatMap(({ name, command, in: find }) => {
    const file = find(project);
    return file === null ? [] : [{ name, command, protect: [file] }];
  });
  const [only] = found;
  return found.length === 1 && only !== undefined ? [{ ...only, name: 'test' }] : found;
}

/** npm's own placeholder only says that there is none. */
function hasTestScript(project: string): boolean {
  try {
    const { scripts } = manifest.parse(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')));
    return !scripts.test.includes('no test specified');
  } catch {
    return false;
  }
}

function pytestFile(project: string): string | null {
  const configured = [
    ['pytest.ini', /./],
    ['pyproject.toml', /^\[tool\.pytest/m],
    ['setup.cfg', /^\[tool:pytest\]/m],
    ['tox.ini', /^\[pytest\]/m],
    ['conftest.py', /./],
  ] as const;
  return configured.find(([file, sign]) => sign.test(textOf(join(project, file))))?.[0] ?? null;
}

function there(project: string, file: string): string | null {
  return existsSync(join(project, file)) ? file : null;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
