/**
 * advice   what to do next: text, and the calls it names
 * call     a tool with the arguments that are known; what is left out is for the reader to fill in
 *
 * Advice is data until somebody reads it: an agent is shown the tool call, a person at a terminal the command that
 * does the same, a page a button.
 */
export interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Plain text is advice without a call. */
export type Advice = string | readonly (string | Call)[];

/** Said only where it is true; a person at a terminal is not told it. */
export const nothingMore = 'Nothing more to do.';

export function call(tool: string, args: Call['arguments'] = {}): Call {
  return { tool, arguments: args };
}

/** ``advise`Take it with ${call('claim_task', { task_id })}.` `` */
export function advise(texts: TemplateStringsArray, ...parts: readonly (Advice | Call | number)[]): Advice {
  const pieces: (string | Call)[] = [];
  for (const [index, text] of texts.entries()) {
    pieces.push(text);
    const part = parts[index];
    if (typeof part === 'string' || typeof part === 'number') pieces.push(String(part));
    else if (part !== undefined) pieces.push(...('tool' in part ? [part] : part));
  }
  return pieces;
}

/** Several sentences as one piece of advice; empty ones are left out. */
export function sentences(...parts: readonly Advice[]): Advice {
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => [...(index === 0 ? [] : [' ']), ...(typeof part === 'string' ? [part] : part)]);
}

export function callsIn(advice: Advice): readonly Call[] {
  return typeof advice === 'string' ? [] : advice.filter((part) => typeof part !== 'string');
}

/** As one text; `say` puts each call into the words of its reader. */
export function sayAdvice(advice: Advice, say: (call: Call) => string): string {
  if (typeof advice === 'string') return advice;
  return advice.map((part) => (typeof part === 'string' ? part : say(part))).join('');
}

/**
 * For agents: `Wait with claim_task (wait_seconds: 50).` A sentence that names a tool which its reader is not
 * offered says nothing to it, and is left out.
 */
export function inTools(advice: Advice, offers: (tool: string) => boolean = () => true): string {
  if (callsIn(advice).every(({ tool }) => offers(tool))) return sayAdvice(advice, inTool);
  return sentencesOf(advice)
    .filter((sentence) => callsIn(sentence).every(({ tool }) => offers(tool)))
    .map((sentence) => sayAdvice(sentence, inTool))
    .join(' ');
}

function inTool({ tool, arguments: args }: Call): string {
  const given = Object.entries(args).map(([name, value]) => `${name}: ${literal(value)}`);
  return given.length === 0 ? tool : `${tool} (${given.join(', ')})`;
}

function sentencesOf(advice: Advice): Advice[] {
  const found: (string | Call)[][] = [[]];
  for (const part of typeof advice === 'string' ? [advice] : advice) {
    const [first, ...rest] = typeof part === 'string' ? part.split(/(?<=[.!?])\s+/) : [part];
    if (first !== undefined) found.at(-1)?.push(first);
    for (const begun of rest) found.push([begun]);
  }
  return found.filter((sentence) => sentence.some((part) => part !== ''));
}

/** Ids and names as they are, other text in quotes. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'string' && /^[\w-]+$/.test(value) ? value : JSON.stringify(value);
}
