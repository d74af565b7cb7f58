/**
 * Runs the command blocks of a page as a reader would, in order, in a folder of its own: every ```sh block, and each `$` of
 * a ```console block, line by line, as the person at the terminal. Lines of `fed` run in this process, which takes a tenth
 * of the time; others through a shell. A ```text block right behind one, and the rest of a ```console block, say lines of
 * the output. `<!-- not run: why -->` above a block leaves it out.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, mkdirSync, symlinkSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../src/compose/serve.ts';
import { fedProgram } from './project.ts';
import { runWith } from './run-fed.ts';

interface Block {
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  /** Why it is left out; null: it is run. */
  readonly skipped: string | null;
  /** Nothing but an empty line is between it and the block before. */
  readonly adjoins: boolean;
}

export interface Page {
  /** Commands that failed, lines of output that were not there. */
  readonly faults: readonly string[];
  readonly commands: number;
}

/** What a page takes for granted. */
export interface World {
  /** Typed before its first block. A page without `fed init` has that in front of them. */
  readonly first?: readonly string[];
  /** What of its text is another thing here. */
  readonly here?: Readonly<Record<string, string>>;
  /** The time is 28 November 2026, 12:00, as its output says; not where its lines run in several processes. */
  readonly dated?: boolean;
}

interface Reader {
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** Null: the real one. */
  readonly now: (() => number) | null;
}

const root = join(import.meta.dirname, '../..');
const start = Date.parse('2026-11-28T12:00:00Z');

/** `folder`: the project. The home, the programs and the state of the reader are beside it. */
export async function runPage(page: string, folder: string, world: World = {}): Promise<Page> {
  const { first = [], here = {}, dated = false } = world;
  const faults: string[] = [];
  let commands = 0;
  const reader: Reader = {
    folder,
    environment: { ...homeBeside(folder), PATH: programsBeside(folder) },
    // Somebody types: five seconds each.
    now: dated ? () => start + commands * 5_000 : null,
  };
  const text = Object.entries(here).reduce((all, [there, it]) => all.replaceAll(there, it), textOf(page));
  const blocks = blocksIn(text);
  const begins = blocks.some(({ lines }) => lines.some((line) => line.startsWith('fed init')));
  for (const line of [...(begins ? [] : ['fed init']), ...first]) {
    const { code, said } = await runLine(line, reader);
    if (code !== 0) throw new Error(`${page}: ${line}: ${said}`);
  }
  let output: readonly string[] = [];
  for (const block of blocks) {
    const at = `${page}:${block.line}`;
    const typed = block.skipped === null ? typedIn(block) : [];
    if (typed.length > 0) output = [];
    for (const line of typed) {
      commands += 1;
      const { code, said } = await runLine(line, reader);
      output = [...output, ...said.split('\n').map((one) => one.trim())];
      if (code !== 0) faults.push(`${at}: exit code ${code}: ${line}\n${said}`);
    }
    if (typed.length === 0 && !(block.adjoins && output.length > 0)) continue;
    const missing = printedIn(block).filter((line) => !output.includes(line));
    faults.push(...missing.map((line) => `${at}: not printed: ${line}\n${output.join('\n')}`));
  }
  return { faults, commands };
}

/** The blocks with commands, and why each of them that is left out is. */
export function commandBlocks(page: string): { readonly count: number; readonly skipped: readonly string[] } {
  const blocks = blocksIn(textOf(page)).filter((block) => typedIn(block).length > 0);
  return { count: blocks.length, skipped: blocks.flatMap(({ skipped }) => skipped ?? []) };
}

export function blocksOf(page: string): readonly Block[] {
  return blocksIn(textOf(page));
}

function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

function homeBeside(folder: string): Record<string, string> {
  const [HOME, XDG_STATE_HOME] = [join(folder, '../home'), join(folder, '../state')];
  mkdirSync(HOME, { recursive: true });
  return { HOME, XDG_STATE_HOME };
}

/** With `fed`, for what runs through a shell; a test may add others. */
function programsBeside(folder: string): string {
  const programs = join(folder, '../bin');
  mkdirSync(programs, { recursive: true });
  if (!existsSync(join(programs, 'fed'))) symlinkSync(fedProgram, join(programs, 'fed'));
  return `${programs}:${process.env['PATH'] ?? ''}`;
}

/** A list in a page indents its blocks. */
function blocksIn(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let lastEnd = -1;
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', language] = /^( *)```(\w*)$/.exec(lines[at] ?? '') ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, at + 1);
    const [, skipped = null] = /^ *<!-- not run: (.+) -->$/.exec(lines[at - 1] ?? '') ?? [];
    const inside = lines.slice(at + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ line: at + 1, language, lines: inside, skipped, adjoins: lastEnd !== -1 && at - lastEnd <= 2 });
    at = end;
    lastEnd = end;
  }
  return blocks;
}

/** A line that ends with a backslash goes on. */
function typedIn({ language, lines }: Block): readonly string[] {
  if (language === 'sh')
    return lines
      .join('\n')
      .replaceAll(/\\\n */g, '')
      .split('\n')
      .filter(isWritten);
  return language === 'console' ? lines.flatMap((line) => /^\$ (.+)$/.exec(line)?.[1] ?? []) : [];
}

function printedIn({ language, lines }: Block): readonly string[] {
  if (language !== 'text' && language !== 'console') return [];
  return lines.filter((line) => isWritten(line) && !line.startsWith('$ ')).map((line) => line.trim());
}

function isWritten(line: string): boolean {
  return line.trim() !== '';
}

interface Ran {
  readonly code: number;
  readonly said: string;
}

async function runLine(line: string, { folder, environment, now }: Reader): Promise<Ran> {
  const words = wordsOf(line);
  if (words?.[0] === 'fed') {
    const ended = new AbortController();
    const { code, out, err } = await runWith(folder, words.slice(1), {
      environment,
      answer: 'y',
      terminal: { width: 100, colour: false, zone: 'UTC' },
      signal: ended.signal,
      // What runs until Ctrl-C says so.
      onOutput: (text) => {
        if (text.includes('Ctrl-C')) ended.abort();
      },
      // Whatever else runs on this machine.
      serve: (request) => serve({ ...request, port: 0 }),
      ...(now === null ? {} : { clock: now }),
    });
    return { code, said: `${out}${err}` };
  }
  const [, name, value] = /^export (\w+)=(\S+)/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) {
    environment[name] = value.replaceAll("'", '');
    return { code: 0, said: '' };
  }
  try {
    // A program behind a pipe has no terminal: the reader says who they are.
    const env = { FEDERATION_AGENT: 'reuben', ...environment };
    return { code: 0, said: execFileSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8', stdio: 'pipe', env }) };
  } catch (error) {
    return { code: 1, said: error instanceof Error ? error.message : String(error) };
  }
}

/** As a shell splits them; null where it is a shell's to say: pipes, redirections, variables. */
function wordsOf(line: string): readonly string[] | null {
  const words: string[] = [];
  for (const [whole, quoted, plain] of line.matchAll(/"([^"$`\\]*)"|([^\s"]+)/g)) {
    if (plain?.startsWith('#') === true) break;
    if (plain !== undefined && /[|<>&;$`'\\*]|^~|^\w+=/.test(plain)) return null;
    words.push(quoted ?? plain ?? whole);
  }
  return words;
}
