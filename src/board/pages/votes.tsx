import { useState } from 'preact/hooks';
import type { PageOf } from '../../views/pages/page.ts';
import type { VoteBrief, VoteInFull } from '../../views/vote-views.ts';
import { useBoard, useSend } from '../context.ts';
import { Action, Bar, Clock, focusOnce, Glyph, Head, Id, Left, Result, Section, Text } from '../parts.tsx';
import { Pick } from '../task-fields.tsx';
import { count, left, percent, shortId, stated, voteReasons } from '../words.ts';

type Data = PageOf<'votes'>;

export function Votes({ data }: { readonly data: Data }) {
  const { shell } = useBoard();
  const { needing, open, over, chosen } = data;
  const [asking, setAsking] = useState(false);
  const who = shell.reader.readOnly ? shell.operator : 'you';
  const title =
    needing.length > 0
      ? `${count(needing.length, 'vote')} ${needing.length === 1 ? 'needs' : 'need'} ${who}.`
      : open.length > 0
        ? `${count(open.length, 'vote')} open.`
        : 'No vote is open.';
  return (
    <>
      <Head
        title={title}
        sub={needing.length > 0 && open.length > 0 ? `${open.length} more open.` : `${over.length} over.`}
      >
        {shell.reader.readOnly ? null : (
          <button type="button" class="btn" aria-expanded={asking} onClick={() => setAsking(!asking)}>
            Open a vote
          </button>
        )}
      </Head>
      {asking ? <OpenForm onClose={() => setAsking(false)} /> : null}
      <div class="vg">
        <nav class="vlist" aria-label="Votes">
          <Group title={`Needs ${who}`} votes={needing} chosen={chosen} />
          <Group title="Open" votes={open} chosen={chosen} />
          <Group title="Over" votes={over} chosen={chosen} />
        </nav>
        <div>
          {chosen === null ? (
            <p class="d">Nobody has opened a vote yet.</p>
          ) : (
            <Chosen vote={chosen} waiting={data.waiting} />
          )}
        </div>
      </div>
    </>
  );
}

function Group({
  title,
  votes,
  chosen,
}: {
  readonly title: string;
  readonly votes: readonly VoteBrief[];
  readonly chosen: VoteInFull | null;
}) {
  const { now } = useBoard();
  if (votes.length === 0) return null;
  return (
    <section>
      <h2>
        {title}
        <span class="n">{votes.length}</span>
      </h2>
      {votes.map((vote) => (
        <a
          key={vote.vote_id}
          class="vrow"
          href={`/votes/${vote.vote_id}`}
          aria-current={vote.vote_id === chosen?.vote_id ? 'true' : undefined}
        >
          <span class="s">
            <span class="m">{shortId(vote.vote_id, now)}</span> · {vote.reason ?? vote.status}
          </span>
          <span class="w">{vote.question}</span>
          <span class="s">
            {vote.choice === undefined ? `${vote.voted ?? ''} voted` : vote.choice}
            {vote.deadline === undefined || vote.status !== 'active' ? '' : ` · closes in ${left(vote.deadline, now)}`}
            {vote.judged === undefined ? '' : ` · judged ${vote.judged === vote.choice ? 'right' : 'wrong'}`}
          </span>
        </a>
      ))}
    </section>
  );
}

function Chosen({ vote, waiting }: { readonly vote: VoteInFull; readonly waiting: readonly string[] }) {
  const { shell, go } = useBoard();
  const { vote_id, result } = vote;
  // What was acted on stays in sight: /votes alone shows whatever needs somebody next.
  const stay = (): void => go(`/votes/${vote_id}`);
  const escalated = vote.status === 'escalated';
  const tally = result?.tally;
  const mayAct = !shell.reader.readOnly;
  return (
    <article>
      <p class="s">
        <span class="m">{vote_id}</span> · {vote.method} · {vote.stakes} stakes · opened by {vote.opened_by}{' '}
        <Clock at={vote.opened_at} />
      </p>
      <h2 class="h20">
        <Text text={vote.question} />
      </h2>
      <p class="sub">
        {escalated && result?.escalated_because !== undefined ? (
          <>
            No result: <b>{voteReasons[result.escalated_because] ?? result.escalated_because}</b>.{' '}
          </>
        ) : null}
        {result?.choice === undefined ? null : (
          <>
            Decided: <b>{result.choice}</b>, by {result.decided_by ?? 'agents'}.{' '}
          </>
        )}
        {vote.cancelled === undefined ? null : `Cancelled by ${vote.cancelled.by}: ${vote.cancelled.reason}. `}
        {vote.status === 'active' ? (
          <>
            Closes in <Left until={vote.deadline} />, or once everyone has voted.{' '}
          </>
        ) : null}
        {waiting.length === 0 ? null : (
          <>
            {waiting.map((id) => (
              <span key={id}>
                <Id id={id} />{' '}
              </span>
            ))}
            {waiting.length === 1 ? 'waits' : 'wait'} for this.
          </>
        )}
      </p>
      {vote.context_url === undefined ? null : <p class="m">{vote.context_url}</p>}
      {vote.sealed ? <Sealed vote={vote} /> : tally === undefined ? null : <Tally vote={vote} tally={tally} />}
      {vote.ballots === undefined ? null : <Ballots vote={vote} ballots={vote.ballots} />}
      {mayAct ? (
        <div class="buttons">
          {vote.status === 'active' ? (
            <Action label="Close now" tool="close_vote" args={{ vote_id }} onDone={stay} />
          ) : null}
          {escalated || vote.status === 'active' ? (
            <Action label="Ask again, 24 h" tool="extend_vote" args={{ vote_id, minutes: 1440 }} onDone={stay} />
          ) : null}
          {escalated || vote.status === 'active' ? (
            <Action
              label="Cancel vote…"
              tool="cancel_vote"
              args={{ vote_id, reason: 'cancelled on the board' }}
              onDone={stay}
              kind="danger"
              confirm={`Cancel it${waiting.length === 0 ? '' : `; ${count(waiting.length, 'task')} stay blocked`}. This cannot be undone.`}
            />
          ) : null}
        </div>
      ) : null}
      {mayAct && vote.status === 'decided' && vote.judged === undefined ? (
        <Section title="Was it right?" note="agents' ballots weigh by this">
          <div class="buttons">
            {vote.options.map((option) => (
              <Action
                key={option}
                label={option === result?.choice ? `Yes, ${option}` : `No: ${option}`}
                tool="judge_vote"
                args={{ vote_id, right_choice: option }}
              />
            ))}
          </div>
        </Section>
      ) : null}
    </article>
  );
}

/** Who has voted, and nothing else. */
function Sealed({ vote }: { readonly vote: VoteInFull }) {
  return (
    <Section title="Ballots" note="sealed until it closes">
      <div class="scrollx" tabIndex={0} role="region" aria-label="Who has voted">
        <table class="seals">
          <tbody>
            {vote.eligible.map((agent) => {
              const hasVoted = vote.voted.includes(agent);
              return (
                <tr key={agent}>
                  <th scope="row">{agent}</th>
                  <td>
                    <Glyph name={hasVoted ? 'seal' : 'unvoted'} /> {hasVoted ? 'voted' : 'not yet'}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

type TallyShown = NonNullable<NonNullable<VoteInFull['result']>['tally']>;

function Tally({ vote, tally }: { readonly vote: VoteInFull; readonly tally: TallyShown }) {
  const { shell } = useBoard();
  const best = Math.max(0, ...tally.options.map(({ in_force }) => in_force ?? 0));
  const mayDecide = !shell.reader.readOnly && (vote.status === 'escalated' || vote.status === 'decided');
  return (
    <Section title="Tally">
      <div class="scrollx" tabIndex={0} role="region" aria-label="Tally">
        <table class="tally cards">
          <thead>
            <tr>
              <th scope="col">Option</th>
              <th scope="col">Plain, as stated</th>
              <th scope="col" class="r">
                Share
              </th>
              <th scope="col">Calibrated, by past votes</th>
              <th scope="col" class="r">
                Share
              </th>
              {mayDecide ? (
                <th scope="col" class="r">
                  {vote.status === 'decided' ? 'Overrule' : 'Decide'}
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {tally.options.map(({ option, plain, calibrated, in_force }) => (
              <tr key={option}>
                <th scope="row" class={in_force === best && best > 0 ? 'b' : ''}>
                  {option}
                </th>
                <td class="dk">
                  <Bar share={plain.share ?? 0} tone="plain" line={0.5} width={200} />
                </td>
                <td class="r" data-label="plain">
                  {percent(plain.share)}
                </td>
                <td class="wide">
                  <Bar
                    share={calibrated.share ?? 0}
                    tone={in_force === best ? 'lead' : 'other'}
                    line={0.5}
                    width={200}
                  />
                </td>
                <td class="r" data-label="calibrated">
                  {percent(calibrated.share)}
                </td>
                {mayDecide ? (
                  <td class="r wide">
                    {option === vote.result?.choice ? 'in force' : <Decide vote={vote} option={option} />}
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="s">
        The line: more than half. {tally.explanation}
        {tally.probability == null || tally.probability_needed == null
          ? ''
          : ` Probability ${stated(tally.probability)}; ${stated(tally.probability_needed)} is needed.`}
        {tally.mean_confidence == null ? '' : ` Mean confidence ${stated(tally.mean_confidence)}; 0.70 is needed.`}
      </p>
    </Section>
  );
}

function Decide({ vote, option }: { readonly vote: VoteInFull; readonly option: string }) {
  const { live, go } = useBoard();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const { state, send } = useSend();
  if (!asking) {
    return (
      <button type="button" class="btn outline" disabled={!live} onClick={() => setAsking(true)}>
        {option}…
      </button>
    );
  }
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        void send('decide_vote', {
          vote_id: vote.vote_id,
          choice: option,
          reason: reason.trim() === '' ? 'decided on the board' : reason.trim(),
        }).then((isDone) => {
          if (isDone) go(`/votes/${vote.vote_id}`);
        });
      }}
    >
      <label>
        <span class="sr">Why {option}</span>
        <input
          ref={focusOnce}
          placeholder="Why (others read it)"
          value={reason}
          maxLength={2000}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="btn primary" data-send disabled={!live || state === 'sending'}>
        Decide {option}
      </button>
      <Result state={state} />
    </form>
  );
}

function Ballots({
  vote,
  ballots,
}: {
  readonly vote: VoteInFull;
  readonly ballots: NonNullable<VoteInFull['ballots']>;
}) {
  return (
    <Section title="Ballots" note={`${ballots.length} of ${vote.eligible.length}`}>
      <div class="scrollx" tabIndex={0} role="region" aria-label="Ballots">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Choice</th>
              <th scope="col" class="r">
                Said
              </th>
              <th scope="col">Reasoning</th>
            </tr>
          </thead>
          <tbody>
            {ballots.map(({ agent, choice, confidence, reasoning, block, also }) => (
              <tr key={agent}>
                <th scope="row">{agent}</th>
                <td>
                  <b>{choice}</b>
                  {also === undefined ? '' : `, ${also.join(', ')}`}{' '}
                  {block === true ? <span class="bad">blocks</span> : null}
                </td>
                <td class="r">{stated(confidence)}</td>
                <td class="d wide">
                  <Text text={reasoning} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function OpenForm({ onClose }: { readonly onClose: () => void }) {
  const { live } = useBoard();
  const [question, setQuestion] = useState('');
  const [options, setOptions] = useState('');
  const [stakes, setStakes] = useState('normal');
  const { state, send } = useSend();
  const list = options
    .split('\n')
    .map((option) => option.trim())
    .filter((option) => option !== '');
  const submit = async (): Promise<void> => {
    if (await send('open_vote', { question: question.trim(), options: list, stakes })) onClose();
  };
  return (
    <form
      class="inline wide"
      aria-label="Open a vote"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label class="fld">
        <span>Question</span>
        <input
          ref={focusOnce}
          value={question}
          maxLength={2000}
          onInput={(event) => setQuestion(event.currentTarget.value)}
        />
      </label>
      <div class="two">
        <label class="fld">
          <span>Options, one a line</span>
          <textarea rows={3} value={options} onInput={(event) => setOptions(event.currentTarget.value)} />
        </label>
        <Pick
          label="Stakes"
          value={stakes}
          options={['low', 'normal', 'high'].map((name) => [name, name] as const)}
          onPick={setStakes}
        />
      </div>
      <button
        type="submit"
        class="btn primary"
        data-send
        disabled={!live || state === 'sending' || question.trim() === '' || list.length < 2}
      >
        Open it
      </button>
      <Result state={state} />
    </form>
  );
}
