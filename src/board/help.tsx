import { useEffect, useRef, useState } from 'preact/hooks';
import { areKeysOn, switchKeys } from './keys.ts';

const keys = [
  ['Ctrl K', 'search'],
  ['g, then n q t g v b m a l', 'the pages'],
  ['j k', 'next and previous item'],
  ['Enter', 'open'],
  ['letters on buttons', 'do it to the item in focus'],
  ['Ctrl Enter', 'send'],
  ['n', 'add a task'],
  ['/', 'filter'],
  ['Shift P', 'pause, asks first'],
  ['graph: arrows, + − 0', 'follow the lines, zoom'],
  ['Esc', 'close'],
] as const;

/** Keys, and the way out. */
export function Help({ reader, onClose }: { readonly reader: string; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useState(areKeysOn());
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="pal help" aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl class="facts">
        {keys.map(([key, what]) => [
          <dt key={key}>
            <kbd>{key}</kbd>
          </dt>,
          <dd key={`${key}-what`}>{what}</dd>,
        ])}
      </dl>
      <p>
        <label class="check">
          <input
            type="checkbox"
            checked={on}
            onChange={(event) => {
              switchKeys(event.currentTarget.checked);
              setOn(event.currentTarget.checked);
            }}
          />{' '}
          Single keys do something
        </label>
      </p>
      <div class="buttons">
        <form method="post" action="/sign-out">
          <button type="submit" class="btn">
            Sign out {reader}
          </button>
        </form>
        <button type="button" class="btn quiet" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
}
