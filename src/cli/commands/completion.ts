/** Shell completion: the scripts, and what they ask. */
import { z } from 'zod';
import { type Candidate, candidatesFor } from '../candidates.ts';
import { command, type CommandRow } from '../command.ts';
import { type RunContext, withSession } from '../session.ts';

/** Each asks `fed complete`, which gives a candidate a line, a tab and what it is; none: a file's name may stand there. */
const scripts = {
  bash: `# fed completion: add to ~/.bashrc:  source <(fed completion bash)
_fed() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(fed complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _fed fed
`,
  zsh: `#compdef fed
# fed completion: add to ~/.zshrc, after compinit:  source <(fed completion zsh)
_fed() {
  local line
  local -a values texts
  while IFS= read -r line; do
    values+=("\${line%%$'\\t'*}")
    texts+=("\${line/$'\\t'/  }")
  done < <(fed complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( $#values )); then compadd -l -d texts -a values; else _files; fi
}
if [[ "\${funcstack[1]}" == _fed ]]; then _fed "$@"; else compdef _fed fed; fi
`,
  fish: `# fed completion:  fed completion fish > ~/.config/fish/completions/fed.fish
function __fed_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (fed complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c fed -f -a '(__fed_complete)'
`,
};

/** `rows`: the table that these commands stand in themselves. */
export function completionCommands(rows: () => readonly CommandRow[]): readonly CommandRow[] {
  return [
    command({
      path: 'completion',
      about: 'print the completion script of a shell',
      more: 'Completes commands, options, values, ids and names. The first line of the script says where it goes.',
      input: z.strictObject({ shell: z.enum(['bash', 'zsh', 'fish']) }),
      arguments: [['<shell>', 'shell', 'the shell']],
      examples: ['source <(fed completion bash)', 'fed completion fish > ~/.config/fish/completions/fed.fish'],
      run: ({ shell }, { host }) => {
        host.out(scripts[shell]);
        return Promise.resolve();
      },
    }),
    command({
      path: 'complete',
      hidden: true,
      about: 'what could stand at the end of a command line',
      input: z.strictObject({ words: z.array(z.string()).default([]) }),
      arguments: [['[words...]', 'words', 'the words after fed, the last one unfinished']],
      examples: ['fed complete -- queue show ""'],
      run: async ({ words }, context) => {
        for (const { value, about } of await found(words, rows(), context)) context.host.out(`${value}\t${about}\n`);
      },
    }),
  ];
}

/** Without a federation there are commands and options all the same, and never a word of what is wrong. */
async function found(
  words: readonly string[],
  rows: readonly CommandRow[],
  { host, globals, ...context }: RunContext,
): Promise<readonly Candidate[]> {
  let all = candidatesFor(words, rows, null);
  const dir = words.includes('--dir') ? words[words.indexOf('--dir') + 1] : undefined;
  const meant = { ...context, host: { ...host, err: () => undefined }, globals: dir === undefined ? globals : { dir } };
  await withSession(meant, ({ federation }) => {
    all = candidatesFor(words, rows, {
      state: federation.state(),
      config: federation.config,
      now: federation.now(),
    });
    return Promise.resolve();
  }).catch(() => undefined);
  return all;
}
