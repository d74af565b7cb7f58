import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { share, time } from '../../src/cli/forms.ts';
import type { Form } from '../../src/cli/command.ts';
import { invalid } from '../../src/domain/tasks/task-fields.ts';

/** Neither of them asks anything of the terminal. */
function formed(form: Form, text: string): string {
  const given = form(text, {
    environment: {},
    workingFolder: '',
    interactive: false,
    terminal: { width: null, colour: false },
    errorTerminal: { width: null, colour: false },
    out: unused,
    flushed: unused,
    err: unused,
    screen: () => null,
    readInput: unused,
    signal: new AbortController().signal,
    open: unused,
    rebuildLog: unused,
    examine: unused,
    lookForLoss: unused,
    acceptLoss: unused,
    serve: unused,
    openBoard: unused,
    ask: unused,
  });
  return String(given);
}

function unused(): never {
  throw invalid('host', 'expected not to be used', '');
}

test('a share may be a percentage; anything else is left for the schema to judge', () => {
  expect(formed(share, '40%')).toBe('0.4');
  expect(formed(share, '0.4')).toBe('0.4');
  expect(formed(share, '12.5%')).toBe('0.125');
  expect(formed(share, '%')).toBe('%');
});

test('times are dates or spans from now, given on as UTC', () => {
  expect(formed(time, '2026-02-06T10:00+02:00')).toBe('2026-02-06T08:00:00.000Z');
  expect(Date.parse(formed(time, '2h')) - Date.now()).toBeGreaterThan(119 * 60_000);
  expect(() => formed(time, 'tomorrow')).toThrow(InvalidArgumentError);
  expect(() => formed(time, '7')).toThrow(InvalidArgumentError);
});

test('a date without a time is midnight here, like a time without a zone', () => {
  expect(formed(time, '2026-02-06')).toBe(formed(time, '2026-02-06T00:00'));
});
