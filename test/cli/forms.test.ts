import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { deadline, share, start } from '../../src/cli/forms.ts';
import type { Form } from '../../src/cli/command.ts';
import { invalid } from '../../src/domain/tasks/task-fields.ts';

/** Neither of them asks anything of the terminal. */
async function formed(form: Form, text: string): Promise<string> {
  const given = await form(text, {
    environment: {},
    workingFolder: '',
    interactive: false,
    terminal: { width: null, colour: false, now: () => now.toISOString() },
    errorTerminal: { width: null, colour: false },
    out: unused,
    flushed: unused,
    err: unused,
    screen: () => null,
    readInput: unused,
    readBytes: unused,
    signal: new AbortController().signal,
    open: unused,
    rebuildLog: unused,
    examine: unused,
    stress: unused,
    stressWorker: unused,
    lookForLoss: unused,
    acceptLoss: unused,
    backups: unused,
    programs: { server: '', ollama: '', fed: '' },
    serve: unused,
    edit: unused,
    copy: unused,
    serveRuns: unused,
    openBoard: unused,
    ask: unused,
  });
  return String(given);
}

function unused(): never {
  throw invalid('host', 'expected not to be used', '');
}

test('a share may be a percentage; anything else is left for the schema to judge', async () => {
  expect(await formed(share, '40%')).toBe('0.4');
  expect(await formed(share, '0.4')).toBe('0.4');
  expect(await formed(share, '12.5%')).toBe('0.125');
  expect(await formed(share, '%')).toBe('%');
});

/** A Saturday, by the clock of whoever runs this. */
const now = new Date(2026, 10, 28, 16, 4, 30);
/** In November 2026 unless the month is given. */
const local = (date: number, hour: number, minute: number, month = 11): string =>
  new Date(2026, month - 1, date, hour, minute).toISOString();

test.each([
  ['2h', local(28, 18, 4), local(28, 18, 4)],
  ['90 min', local(28, 17, 34), local(28, 17, 34)],
  ['in 3d', local(31, 16, 4), local(31, 16, 4)],
  ['tomorrow 17:00', local(29, 17, 0), local(29, 17, 0)],
  ['tomorrow', local(29, 0, 0), local(29, 23, 59)],
  ['friday', local(4, 0, 0, 12), local(4, 23, 59, 12)],
  ['saturday', local(5, 0, 0, 12), local(5, 23, 59, 12)],
  ['Saturday 23:00', local(5, 23, 0, 12), local(5, 23, 0, 12)],
  ['23:00', local(28, 23, 0), local(28, 23, 0)],
  ['09:00', local(29, 9, 0), local(29, 9, 0)],
  ['2026-12-01', local(1, 0, 0, 12), local(1, 23, 59, 12)],
  ['2026-12-01 15:00', local(1, 15, 0, 12), local(1, 15, 0, 12)],
  ['2026-12-01T15:00+02:00', '2026-12-01T13:00:00.000Z', '2026-12-01T13:00:00.000Z'],
  ['5 Dec', local(5, 0, 0, 12), local(5, 23, 59, 12)],
  ['friday at noon', local(4, 12, 0, 12), local(4, 12, 0, 12)],
])('%s begins at %s and is over at %s', async (text, begins, ends) => {
  const minutes = (at: string): string => at.slice(0, 16);
  expect(minutes(await formed(start, text))).toBe(minutes(begins));
  expect(minutes(await formed(deadline, text))).toBe(minutes(ends));
});

test.each(['7', 'soon', 'Friday the parser', 'monday to friday', 'last friday', '12/5', '1.12.2026', '2026-02-30', ''])(
  '%j is no time that anyone could mean only one way',
  async (text) => {
    await expect(formed(deadline, text)).rejects.toThrow(InvalidArgumentError);
  },
);
