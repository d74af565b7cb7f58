/** What a person says about a task: the same when it is added as when it is changed. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PageOf } from '../views/pages/page.ts';
import { useBoard } from './context.ts';
import { shortId } from './words.ts';

export interface Fields {
  readonly description: string;
  readonly type: string;
  readonly priority: string;
  readonly after: string;
  readonly paths: string;
  readonly uses: string;
  /** As a field for date and time has them: by the reader's clock. */
  readonly not_before: string;
  readonly deadline: string;
  readonly checks: readonly string[];
}

export const blank: Fields = {
  description: '',
  type: '',
  priority: 'normal',
  after: '',
  paths: '',
  uses: '',
  not_before: '',
  deadline: '',
  checks: [],
};

export function fieldsOf(task: PageOf<'task'>['task'], now: string): Fields {
  return {
    description: task.description,
    type: task.type ?? '',
    priority: task.priority,
    after: (task.dependencies ?? []).map((id) => (id.startsWith('task-') ? shortId(id, now) : id)).join(', '),
    paths: (task.paths ?? []).join(', '),
    uses: (task.uses ?? []).join(', '),
    not_before: localTime(task.not_before),
    deadline: localTime(task.deadline),
    checks: task.checks ?? [],
  };
}

/** As tools take them; `none` removes a time. */
export function argumentsOf(fields: Fields, now: string) {
  const { description, type, priority, not_before, deadline, checks } = fields;
  return {
    description: description.trim(),
    type,
    priority,
    dependencies: listIn(fields.after).map((id) => wholeId(id, now)),
    paths: listIn(fields.paths),
    uses: listIn(fields.uses),
    not_before: not_before === '' ? 'none' : new Date(not_before).toISOString(),
    deadline: deadline === '' ? 'none' : new Date(deadline).toISOString(),
    checks,
  };
}

function listIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

/** `2026-11-28T18:00`, by the reader's clock. */
function localTime(at: string | undefined): string {
  if (at === undefined) return '';
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** `009` is today's. */
export function wholeId(id: string, now: string): string {
  return /^\d{1,4}$/.test(id)
    ? `task-${now.slice(0, 10)}-${id.padStart(3, '0')}`
    : /^\d\d-\d\d-\d+$/.test(id)
      ? `task-${now.slice(0, 4)}-${id}`
      : id;
}

interface FieldsProps {
  readonly fields: Fields;
  readonly types: readonly string[];
  readonly set: (changed: Partial<Fields>) => void;
  readonly first: (element: HTMLTextAreaElement | null) => void;
  /** Stands beside the priority. */
  readonly beside?: ComponentChildren;
  /** Stands below what the task is. */
  readonly below?: ComponentChildren;
}

export function TaskFields({ fields, types, set, first, beside, below }: FieldsProps) {
  const { shell } = useBoard();
  // As it begins: what is emptied is not taken from under the pointer.
  const [more] = useState(() => [fields.uses, fields.not_before, fields.deadline, ...fields.checks].some(Boolean));
  const checks = [...new Set([...shell.checks, ...fields.checks])];
  return (
    <>
      <label class="fld">
        <span>What is to be done</span>
        <textarea
          ref={first}
          name="description"
          rows={4}
          required
          maxLength={60_000}
          value={fields.description}
          onInput={(event) => set({ description: event.currentTarget.value })}
        />
      </label>
      <div class="two">
        <Pick
          label="Type"
          value={fields.type}
          options={[['', 'none'], ...types.map((name) => [name, name] as const)]}
          onPick={(type) => set({ type })}
        />
        <Pick
          label="Priority"
          value={fields.priority}
          options={['low', 'normal', 'high', 'critical'].map((name) => [name, name] as const)}
          onPick={(priority) => set({ priority })}
        />
        {beside}
        <Line label="After (ids)" name="after" value={fields.after} onInput={(after) => set({ after })} />
      </div>
      {below}
      <Line
        label="Files it will change"
        name="paths"
        mono
        placeholder="src/mail/**"
        value={fields.paths}
        onInput={(paths) => set({ paths })}
      />
      <details class="more-fields" open={more}>
        <summary>Times, checks, things in use</summary>
        <div class="two">
          <Line
            label="Not before"
            name="not_before"
            isTime
            value={fields.not_before}
            onInput={(not_before) => set({ not_before })}
          />
          <Line
            label="Deadline"
            name="deadline"
            isTime
            value={fields.deadline}
            onInput={(deadline) => set({ deadline })}
          />
        </div>
        <Line
          label="Needs for itself (one task at a time)"
          name="uses"
          placeholder="staging"
          value={fields.uses}
          onInput={(uses) => set({ uses })}
        />
        {checks.length === 0 ? null : (
          <fieldset class="fld">
            <legend>Checks, besides those its type requires</legend>
            {checks.map((name) => (
              <label key={name} class="check">
                <input
                  type="checkbox"
                  checked={fields.checks.includes(name)}
                  onChange={(event) =>
                    set({
                      checks: event.currentTarget.checked
                        ? [...fields.checks, name]
                        : fields.checks.filter((known) => known !== name),
                    })
                  }
                />{' '}
                {name}
              </label>
            ))}
          </fieldset>
        )}
      </details>
    </>
  );
}

interface LineProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly isTime?: boolean;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly onInput: (value: string) => void;
}

function Line({ label, name, value, isTime = false, placeholder, mono = false, onInput }: LineProps) {
  const input = (event: { readonly currentTarget: HTMLInputElement }): void => onInput(event.currentTarget.value);
  return (
    <label class="fld">
      <span>{label}</span>
      {isTime ? (
        <input type="datetime-local" name={name} value={value} onInput={input} />
      ) : (
        <input class={mono ? 'm' : ''} name={name} placeholder={placeholder} value={value} onInput={input} />
      )}
    </label>
  );
}

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onPick: (value: string) => void;
}

export function Pick({ label, value, options, onPick }: PickProps) {
  return (
    <label class="fld">
      <span>{label}</span>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name} selected={name === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
