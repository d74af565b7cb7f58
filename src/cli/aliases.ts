/** Other ways to write a command, as the command that it is. */
import { UsageError } from './report-error.ts';
import { globalOptions } from './global-options.ts';

/** `known`: whether there are commands that begin with these words. @throws UsageError for help about nothing */
export function unaliased(args: readonly string[], known: (path: string) => boolean): readonly string[] {
  const at = firstWord(args);
  const before = args.slice(0, at);
  const [first = '', second = '', ...rest] = args.slice(at);
  const after = args.slice(at + 1);
  if (first === 'list' || first === 'add' || first === 'show') return [...before, 'queue', first, ...after];
  if (first === 'route' && second === '--train') return [...before, 'route', 'train', ...rest];
  if (first === 'analytics' && second === 'record') return [...before, first, second, ...saidOf('--success', rest)];
  if (first === 'inbox' && second === 'answer' && rest.includes('--all')) {
    return [...before, first, 'answer-all', ...rest.filter((word) => word !== '--all')];
  }
  if (first !== 'help') return args;
  const path = after.join(' ');
  if (path === '' || known(path)) return [...before, ...after, '--help'];
  throw new UsageError(`There is no command ${JSON.stringify(path)}`, 'See the commands with fed --help.');
}

/** Behind the options of every command. */
function firstWord(args: readonly string[]): number {
  let at = 0;
  while (args[at]?.startsWith('-') === true) {
    const [usage = ''] = globalOptions.find(([flags]) => flags.split(' ').includes(args[at] ?? '')) ?? [];
    at += usage.includes('<') ? 2 : 1;
  }
  return at;
}

/** `--success true` is `--success`, `--success false` is `--failure`. */
function saidOf(flag: string, words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const value = words[index + 1];
    if (word === flag && value === 'false') return ['--failure'];
    return words[index - 1] === flag && (word === 'true' || word === 'false') ? [] : [word];
  });
}
