import { useState } from 'preact/hooks';
import type { AgentRow, PageOf } from '../../views/pages/page.ts';
import { useBoard, useSend } from '../context.ts';
import { Age, Clock, focusOnce, Glyph, Head, Id, Result, Section } from '../parts.tsx';
import { Pick } from '../task-fields.tsx';
import { clock, count, percent, stated } from '../words.ts';

type Data = PageOf<'agents'>;

export function Agents({ data }: { readonly data: Data }) {
  const { now, zone } = useBoard();
  const { agents, unassigned } = data;
  const working = agents.filter(({ holds }) => holds > 0).length;
  const away = agents.filter(({ status }) => status === 'standby' || status === 'offline');
  const taken = agents.reduce((sum, { holds }) => sum + holds, 0);
  const places = agents.reduce((sum, { capacity }) => sum + capacity, 0);
  const [first] = away;
  const absent =
    away.length === 1 && first?.until !== undefined
      ? `, ${first.name} back at ${clock(first.until, now, zone)}`
      : away.length === 0
        ? ''
        : `, ${away.map(({ name }) => name).join(' and ')} away`;
  const title = `${count(working, 'agent')} at work${absent}.`;
  return (
    <>
      <Head
        title={title}
        sub={`${unassigned.length === 0 ? '' : `Nobody does ${unassigned.join(', ')}. `}${taken} of ${places} places are taken.`}
      />
      <div class="scrollx" tabIndex={0} role="region" aria-label="Agents">
        <table class="agents cards">
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">State</th>
              <th scope="col">Holds</th>
              <th scope="col" class="r">
                Ready for it
              </th>
              <th scope="col" class="r">
                Success
              </th>
              <th scope="col" class="r">
                In votes said
              </th>
              <th scope="col" class="r">
                was right
              </th>
              <th scope="col">Seen</th>
              <th scope="col">
                <span class="sr">Set</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {agents.map((agent) => (
              <Row key={agent.name} agent={agent} />
            ))}
          </tbody>
        </table>
      </div>
      <Matrix data={data} />
    </>
  );
}

function Row({ agent }: { readonly agent: AgentRow }) {
  const { shell } = useBoard();
  const [setting, setSetting] = useState(false);
  const isAway = agent.status === 'standby' || agent.status === 'offline';
  const { judged, said, right } = agent.ballots;
  return (
    <>
      <tr>
        <th scope="row">
          <b>{agent.name}</b>
          <span class="s">{agent.types.join(', ')}</span>
        </th>
        <td>
          {isAway ? <Glyph name="off" tone="warn" /> : <i class={agent.connected > 0 ? 'dot' : 'dot off'} />}{' '}
          <span class={isAway ? 'warn' : ''}>
            {isAway ? agent.status : agent.holds > 0 ? 'at work' : agent.connected > 0 ? 'connected' : agent.status}
          </span>
          {agent.until === undefined ? null : (
            <>
              {' '}
              until <Clock at={agent.until} />
            </>
          )}
          {agent.reason === undefined ? null : <span class="s">{agent.reason}</span>}
        </td>
        <td data-label="holds">
          {agent.holds} of {agent.capacity}{' '}
          {agent.held.map((row) => (
            <span key={row.task_id}>
              <Id id={row.task_id} /> {row.holding?.silent === true ? <span class="warn">silent </span> : null}
            </span>
          ))}
        </td>
        <td class="r" data-label="ready for it">
          {agent.ready}
        </td>
        <td class="r" data-label="success">
          {percent(agent.figures.success_rate)} <span class="q">of {agent.figures.count}</span>
        </td>
        <td class="r dk">{judged === 0 ? '–' : stated(said)}</td>
        <td class="r dk">{judged === 0 ? '–' : percent(right)}</td>
        <td data-label="seen">
          {agent.connected > 0 ? (
            'connected now'
          ) : agent.last_seen === undefined ? (
            <span class="warn">not seen yet</span>
          ) : (
            <>
              <Age at={agent.last_seen} /> ago
            </>
          )}
        </td>
        <td class="r set">
          {shell.reader.readOnly ? null : (
            <button
              type="button"
              class="btn"
              aria-expanded={setting}
              aria-label={`Set ${agent.name}`}
              onClick={() => setSetting(!setting)}
            >
              Set…
            </button>
          )}
        </td>
      </tr>
      {setting ? (
        <tr>
          <td colSpan={9} class="wide">
            <Availability agent={agent} onDone={() => setSetting(false)} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Availability({ agent, onDone }: { readonly agent: AgentRow; readonly onDone: () => void }) {
  const { live } = useBoard();
  const [status, setStatus] = useState(agent.status);
  const [reason, setReason] = useState('');
  const { state, send } = useSend();
  const submit = async (): Promise<void> => {
    if (
      await send('set_agent', { agent: agent.name, status, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) })
    )
      onDone();
  };
  return (
    <form
      class="inline"
      aria-label={`Availability of ${agent.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Pick
        label="Availability"
        value={status}
        options={['available', 'busy', 'standby', 'offline'].map((name) => [name, name] as const)}
        onPick={setStatus}
      />
      <label class="fld">
        <span>Why</span>
        <input
          ref={focusOnce}
          value={reason}
          maxLength={300}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="btn primary" disabled={!live || state === 'sending'}>
        Set
      </button>
      <Result state={state} />
    </form>
  );
}

function Matrix({ data }: { readonly data: Data }) {
  const { agents, pairs, unassigned } = data;
  const types = [
    ...new Set([
      ...agents.flatMap((agent) => agent.types),
      ...pairs.flatMap(({ type }) => (type === null ? [] : [type])),
    ]),
  ];
  return (
    <Section title="Who does what" note="success in %, cases">
      <div class="scrollx" tabIndex={0} role="region" aria-label="Who does what">
        <table class="mx">
          <thead>
            <tr>
              <th scope="col">Type</th>
              {agents.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {types.map((type) => (
              <tr key={type}>
                <th scope="row">{type}</th>
                {agents.map((agent) => {
                  const pair = pairs.find((candidate) => candidate.agent === agent.name && candidate.type === type);
                  const does = agent.types.includes(type);
                  return (
                    <td key={agent.name}>
                      {pair === undefined ? (
                        does ? (
                          <span class="q">yes</span>
                        ) : null
                      ) : (
                        <>
                          {percent(pair.success_rate)} <span class="q">{pair.count}</span>
                        </>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
            {unassigned.map((type) => (
              <tr key={type}>
                <th scope="row" class="warn">
                  {type}
                </th>
                <td class="warn" colSpan={agents.length}>
                  nobody
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
