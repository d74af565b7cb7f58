/**
 * Runs the command blocks of a page as a reader would, in order, in a folder of its own: every ```sh block, line by line,
 * as the person at the terminal. Lines of `fed` run in this process, which takes a tenth of the time; others through a
 * shell. A ```text block behind one says lines of its output. `<!-- not run: why -->` above a block leaves it out.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWith } from './run-fed.ts';

interface Block {
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  /** Why it is left out; null: it is run. */
  readonly skipped: string | null;
}

export interface Page {
  /** Commands that failed, lines of output that were not there, blocks left out without a reason. */
  readonly faults: readonly string[];
  readonly commands: number;
  readonly skipped: readonly string[];
}

const root = join(import.meta.dirname, '../..');
const start = Date.parse('2026-11-28T12:00:00Z');

export async function runPage(page: string, folder: string): Promise<Page> {
  const faults: string[] = [];
  const skipped: string[] = [];
  let commands = 0;
  let output: readonly string[] = [];
  const blocks = blocksOf(readFileSync(join(root, page), 'utf8'));
  // A page on daily work has a federation before it begins.
  if (!blocks.some(({ lines }) => lines.some((line) => line.startsWith('fed init'))))
    await runLine('fed init', folder, start);
  for (const block of blocks) {
    const at = `${page}:${block.line}`;
    if (block.language === 'text') {
      const missing = block.lines.filter((line) => line.trim() !== '' && !output.includes(line.trim()));
      faults.push(...missing.map((line) => `${at}: not printed: ${line}\n${output.join('\n')}`));
    }
    if (block.language !== 'sh') continue;
    if (block.skipped !== null) {
      skipped.push(block.skipped);
      continue;
    }
    output = [];
    for (const line of block.lines.filter((text) => text.trim() !== '')) {
      commands += 1;
      // Somebody types: five seconds each.
      const { code, said } = await runLine(line, folder, start + commands * 5_000);
      output = [...output, ...said.split('\n').map((text) => text.trim())];
      if (code !== 0) faults.push(`${at}: exit code ${code}: ${line}\n${said}`);
    }
  }
  return { faults, commands, skipped };
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, language] = /^```(\w*)$/.exec(lines[at] ?? '') ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    const [, skipped = null] = /^<!-- not run: (.+) -->$/.exec(lines[at - 1] ?? '') ?? [];
    blocks.push({ line: at + 1, language, lines: lines.slice(at + 1, end), skipped });
    at = end;
  }
  return blocks;
}

async function runLine(
  line: string,
  folder: string,
  now: number,
): Promise<{ readonly code: number; readonly said: string }> {
  const environment = { HOME: join(folder, '..', 'home'), XDG_STATE_HOME: join(folder, '..', 'state'), PATH: '' };
  const words = wordsOf(line);
  if (words?.[0] === 'fed') {
    const { code, out, err } = await runWith(folder, words.slice(1), {
      environment,
      answer: 'y',
      terminal: { width: 100, colour: false, zone: 'UTC' },
      clock: () => now,
    });
    return { code, said: `${out}${err}` };
  }
  try {
    const options = {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...environment, PATH: process.env['PATH'] },
    } as const;
    return { code: 0, said: execFileSync('sh', ['-c', line], options) };
  } catch (error) {
    return { code: 1, said: error instanceof Error ? error.message : String(error) };
  }
}

/** As a shell splits them; null where it is a shell's to say: pipes, redirections, variables. */
function wordsOf(line: string): readonly string[] | null {
  const words: string[] = [];
  for (const [whole, quoted, plain] of line.matchAll(/"([^"$`\\]*)"|([^\s"]+)/g)) {
    if (plain?.startsWith('#') === true) break;
    if (plain !== undefined && /[|<>&;$`'\\]/.test(plain)) return null;
    words.push(quoted ?? plain ?? whole);
  }
  return words;
}
