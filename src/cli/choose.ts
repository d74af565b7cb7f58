/** Questions to the person at the terminal that are answered with yes, no, or names. */
import { closest } from '../domain/closest.ts';
import { quote } from '../domain/text.ts';
import type { Host } from './host.ts';
import { Ended } from './report-error.ts';

/** An empty answer is the default. @throws Ended on Ctrl-C */
export async function agrees(host: Host, question: string, byDefault: boolean): Promise<boolean> {
  const answer = await put(host, `${question} ${byDefault ? '[Y/n]' : '[y/N]'} `);
  return answer === '' ? byDefault : /^y(?:es)?$/i.test(answer);
}

/** Asks until every name is one that there is; an empty answer is the default. @throws Ended on Ctrl-C */
export async function choose<Name extends string>(
  host: Host,
  question: string,
  names: readonly Name[],
  byDefault: 'all' | 'none',
): Promise<readonly Name[]> {
  for (;;) {
    const answer = (await put(host, `${question} [${byDefault}] `)).toLowerCase() || byDefault;
    if (/^(?:all|y|yes)$/.test(answer)) return names;
    if (/^(?:none|n|no)$/.test(answer)) return [];
    const typed = answer.split(/[\s,]+/).filter((word) => word !== '');
    const wrong = typed.find((word) => !names.some((name) => name === word));
    if (wrong === undefined) return names.filter((name) => typed.includes(name));
    const near = closest(wrong, names);
    host.out(
      `${quote(wrong)} is none of them${near === null ? '' : `; did you mean ${near}?`} Names, "all" or "none".\n`,
    );
  }
}

async function put(host: Host, question: string): Promise<string> {
  const answer = (await host.ask(question)).trim();
  if (host.signal.aborted) throw new Ended(1);
  return answer;
}
