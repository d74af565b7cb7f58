/** `parse FOLDER`: how long `JSON.parse` of every line of the journal there takes, in ms of the processor; reading and splitting apart. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processorMs } from '../support/numbers.ts';

const [folder = ''] = process.argv.slice(2);
const journal = join(folder, 'journal');
const files = readdirSync(journal).filter((name) => name.endsWith('.jsonl'));
const lines = files.flatMap((name) => readFileSync(join(journal, name), 'utf8').split('\n').slice(0, -1));
const begun = processorMs();
for (const line of lines) JSON.parse(line);
console.log(`${processorMs() - begun} ${lines.length}`);
