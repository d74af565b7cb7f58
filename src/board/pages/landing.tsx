import { useRef, useState } from 'preact/hooks';
import type { LandingLine, PageOf } from '../../views/pages/page.ts';
import { useBoard } from '../context.ts';
import { NoteForm } from '../note-form.tsx';
import { Clock, Fact, Facts, Glyph, Head, Id, Section, Text } from '../parts.tsx';
import { count } from '../words.ts';

/**
 * Branches of finished work. Landing runs checks and changes branches, which no server does: the board says what is to
 * be typed.
 */
export function Landing({ data }: { readonly data: PageOf<'landing'> }) {
  const { landable, waits, settled, target, when } = data;
  const onto = target ?? 'the branch of the main worktree';
  const title =
    landable.length === 0
      ? waits.length === 0
        ? 'Nothing to land.'
        : `Nothing can land yet, ${waits.length} ${waits.length === 1 ? 'waits' : 'wait'}.`
      : `${count(landable.length, 'branch', 'branches')} can land${waits.length === 0 ? '' : `, ${waits.length} ${waits.length === 1 ? 'waits' : 'wait'}`}.`;
  const sub =
    when === 'verified'
      ? `Verified work lands on ${onto} by itself while fed work runs.`
      : `Onto ${onto}, when you say so on a terminal.`;
  return (
    <>
      <Head title={title} sub={sub} />
      {landable.length === 0 ? null : (
        <Section title="Can land" note={landable.length}>
          {landable.length > 1 ? <Command text="fed land" note="all of them, dependencies first" /> : null}
          <Lines lines={landable} />
        </Section>
      )}
      {waits.length === 0 ? null : (
        <Section title="Waits" note={waits.length}>
          <Lines lines={waits} />
        </Section>
      )}
      {settled.length === 0 ? null : (
        <Section title="Landed and given up" note={settled.length}>
          <Lines lines={settled} />
        </Section>
      )}
      {landable.length + waits.length + settled.length === 0 ? (
        <p class="d">Work that agents do in worktrees appears here with its branch once it has commits.</p>
      ) : null}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly LandingLine[] }) {
  return (
    <ol class="lands">
      {lines.map((line) => (
        <Line key={line.task_id} line={line} />
      ))}
    </ol>
  );
}

function Line({ line }: { readonly line: LandingLine }) {
  const { task_id, text, type, who, verified, commit } = line;
  return (
    <li class="land" tabIndex={0} data-item data-open={`/tasks/${task_id}`}>
      <div>
        <p class="kind">
          <LandingGlyph line={line} /> <b>{standing(line)}</b> <Id id={task_id} />
          {type === null ? '' : `, ${type}`}
          {who === null ? '' : `, by ${who}`}
          {verified ? <span class="ok">, verified</span> : null}
          {commit === undefined ? null : <span class="m"> {commit.slice(0, 7)}</span>}
        </p>
        <a class="h3" href={`/tasks/${task_id}`}>
          {text}
        </a>
        <Why line={line} />
      </div>
      <Actions line={line} />
    </li>
  );
}

function LandingGlyph({ line: { is } }: { readonly line: LandingLine }) {
  return <Glyph name={is === 'landed' ? 'done' : is === 'landable' ? 'ready' : is === 'waits' ? 'waiting' : 'off'} />;
}

const standings: Readonly<Record<LandingLine['is'], string>> = {
  landable: 'can land',
  waits: 'waits',
  landed: 'landed',
  reverted: 'taken back',
  settled: 'not landed',
  'sent-back': 'sent back',
};

function standing({ is }: LandingLine): string {
  return standings[is];
}

function Why({ line: { why, landed, rework } }: { readonly line: LandingLine }) {
  if (landed !== null) {
    return (
      <p class="s">
        on {landed.target}, by {landed.by}, <Clock at={landed.at} />
      </p>
    );
  }
  if (why === undefined && rework === undefined) return null;
  return (
    <p class="s">
      {why === undefined ? null : <Text text={`${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`} />}
      {rework === undefined ? null : (
        <>
          {' '}
          Sent back as <Id id={rework} />
        </>
      )}
    </p>
  );
}

function Actions({ line }: { readonly line: LandingLine }) {
  const { shell } = useBoard();
  const { task_id, is, inHand } = line;
  if (shell.reader.readOnly) return <div />;
  return (
    <div class="acts">
      {is === 'landable' ? <Command text={`fed land ${task_id}`} note="merge, check, move the branch" /> : null}
      {is === 'landed' ? <Command text={`fed land --revert ${task_id}`} note="take it back by a commit" /> : null}
      {(is === 'landable' || is === 'waits') && !inHand ? (
        <Command text={`fed land --drop ${task_id}`} note="give the branch up; its commit is kept" />
      ) : null}
      {is === 'landable' ? <SendBack task_id={task_id} /> : null}
    </div>
  );
}

/** What is typed on a terminal, with a button that copies it. */
function Command({ text, note }: { readonly text: string; readonly note: string }) {
  const [isCopied, setCopied] = useState(false);
  const code = useRef<HTMLElement>(null);
  const copy = async (): Promise<void> => {
    const isDone = await copied(text);
    setCopied(isDone);
    // Without TLS a browser gives no clipboard: it is selected, Ctrl C does the rest.
    if (!isDone && code.current !== null) getSelection()?.selectAllChildren(code.current);
  };
  return (
    <div class="cmd">
      <code class="m" ref={code}>
        {text}
      </code>
      <button type="button" class="btn quiet" aria-label={`Copy ${text}`} onClick={() => void copy()}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
      <span class="s">{note}</span>
    </div>
  );
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** A verdict: it goes back to its agent, as from a reviewer. */
function SendBack({ task_id }: { readonly task_id: string }) {
  const { live } = useBoard();
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="act">
      <button
        type="button"
        class="btn plain"
        data-key="b"
        disabled={!live}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        Send back…
        <kbd aria-hidden="true">B</kbd>
      </button>
      {isOpen ? (
        <NoteForm
          label="What is to be changed; its agent reads it"
          button="Send back"
          tool="review_task"
          args={{ task_id, verdict: 'rework' }}
          onDone={() => setOpen(false)}
        />
      ) : null}
    </div>
  );
}

/** On the task's own page. */
export function LandingFacts({ line }: { readonly line: LandingLine }) {
  return (
    <section>
      <h2>Landing</h2>
      <Facts>
        <Fact name="State">
          <LandingGlyph line={line} /> {standing(line)}
          <Why line={line} />
        </Fact>
        {line.commit === undefined ? null : (
          <Fact name={line.is === 'landed' ? 'Merge' : 'Commit'}>
            <span class="m">{line.commit.slice(0, 12)}</span>
          </Fact>
        )}
      </Facts>
      <Actions line={line} />
    </section>
  );
}
