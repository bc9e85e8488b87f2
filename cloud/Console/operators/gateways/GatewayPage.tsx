import { Check, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { at, call } from '../../src/api/client';
import type { GatewayEntry } from '../../src/api/types';
import { Notice } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useSay } from '../../src/words/language';
import { Ask } from './Ask';
import { bytes, caresOf } from './care';
import { careText } from './careText';
import { EnrolSheet } from './EnrolSheet';
import { stateTone } from './GatewaysTab';
import { SetupSheet } from './SetupSheet';
import { words } from './words';

interface Props {
  venue: string;
  entry: GatewayEntry;
  rates: Map<number, number> | undefined;
  /** Receivers of it that do not hear as they should. */
  ill: number;
  venueTime: string | undefined;
  formats: Formats;
  changed: () => void;
}

/** One gateway: what it said of itself last, and what can be done with it. */
export function GatewayPage({ venue, entry, rates, ill, venueTime, formats, changed }: Props) {
  const say = useSay(words);
  const [open, setOpen] = useState<'enrol' | 'revoke' | 'setup'>();
  const [done, setDone] = useState('');
  const h = entry.health;
  const cares = caresOf(entry, Date.now(), venueTime);
  const close = () => setOpen(undefined);
  return (
    <section className="card stack" aria-labelledby="gateway">
      <header className="stack tight">
        <div className="row">
          <span className={`chip ${stateTone[entry.state] ?? ''}`}>{say.states[entry.state] ?? entry.state}</span>
          <span className={entry.in ? 'chip good' : 'chip bad'}>{entry.in ? say.online : say.offline}</span>
        </div>
        <h2 id="gateway" className="mono words rule-title">
          {entry.gateway}
        </h2>
        {say.stateHelp[entry.state] !== undefined && <p className="quiet small words">{say.stateHelp[entry.state]}</p>}
        <div className="row">
          <button
            type="button"
            className={entry.state === 'planned' ? 'button slim' : 'button calm slim'}
            onClick={() => setOpen('enrol')}
          >
            {entry.state === 'enrolled' || entry.state === 'revoked' ? say.enrolAgain : say.enrol}
          </button>
          <button type="button" className="button calm slim" onClick={() => setOpen('setup')}>
            {say.setUp}
          </button>
          {entry.state === 'enrolled' && (
            <button type="button" className="button danger slim" onClick={() => setOpen('revoke')}>
              {say.revoke}
            </button>
          )}
          <span className="small good-words" role="status">
            {done}
          </span>
        </div>
      </header>
      {cares.length > 0 || ill > 0 ? (
        <Notice icon={TriangleAlert} tone="warn">
          <ul>
            {cares.map((c) => (
              <li key={JSON.stringify(c)}>{careText(c, say, formats)}</li>
            ))}
            {ill > 0 && <li>{say.receiversIllBelow(ill)}</li>}
          </ul>
        </Notice>
      ) : (
        entry.in && (
          <p className="row small good-words">
            <Check size={18} aria-hidden="true" />
            {say.well}
          </p>
        )
      )}
      <dl className="facts">
        {h !== null && (
          <>
            <Fact name={say.facts.at} value={formats.dayTime(h.at)} />
            <Fact name={say.facts.version} value={h.version || '–'} />
            {h.online && (
              <>
                <Fact
                  name={say.facts.clock}
                  value={
                    h.clockErrorMs === null
                      ? (say.clocks[h.clock] ?? h.clock)
                      : say.clockBy(`${formats.number(h.clockErrorMs)} ms`, say.clocks[h.clock] ?? h.clock)
                  }
                />
                {h.celsius !== null && (
                  <Fact name={say.facts.celsius} value={`${formats.number(Math.round(h.celsius))} °C`} />
                )}
                <Fact name={say.facts.spool} value={bytes(h.spoolBytes, formats.number)} />
                <Fact
                  name={say.facts.oldest}
                  value={h.oldestAt === null ? say.nothingWaits : formats.dayTime(h.oldestAt)}
                />
                {h.configVersion > 0 && (
                  <Fact
                    name={say.facts.setup}
                    value={say.from(formats.dayTime(new Date(h.configVersion).toISOString()))}
                  />
                )}
                <Fact name={say.facts.statics} value={formats.number(h.statics)} />
              </>
            )}
          </>
        )}
        {entry.certificateUntil !== null && entry.state !== 'revoked' && (
          <Fact name={say.facts.certificate} value={say.until(formats.day(entry.certificateUntil))} />
        )}
        {entry.state === 'enrolled' && (
          <Fact name={say.facts.keys} value={entry.holdsKeys ? say.holds : say.holdsNot} />
        )}
        {entry.fingerprint !== null && (
          <Fact name={say.facts.fingerprint} value={entry.fingerprint} help={say.fingerprintHelp} mono />
        )}
      </dl>
      {h?.online === true && (
        <>
          <section className="stack tight">
            <h3>{say.radios}</h3>
            {h.radios.length === 0 ? (
              <p className="quiet small">{say.radiosNone}</p>
            ) : (
              <table className="radios">
                <thead>
                  <tr className="tiny">
                    <th scope="col">{say.radio}</th>
                    <th scope="col">{say.rate}</th>
                    <th scope="col">{say.lost}</th>
                    <th scope="col">{say.quiet}</th>
                  </tr>
                </thead>
                <tbody>
                  {h.radios.map((r) => {
                    const rate = rates?.get(r.number);
                    return (
                      <tr key={r.number}>
                        <th scope="row">{formats.number(r.number)}</th>
                        <td>{rate === undefined ? '–' : formats.number(Math.round(rate * 10) / 10)}</td>
                        <td>{r.lost === 0 ? formats.number(0) : formats.percent(r.lost / (r.frames + r.lost))}</td>
                        <td>{say.ago(formats.lasting(r.quietSeconds * 1000))}</td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            )}
            {h.radios.length > 0 && rates === undefined && <p className="tiny">{say.rateLater}</p>}
          </section>
          <section className="stack tight">
            <h3>{say.drops}</h3>
            {Object.keys(h.drops).length === 0 ? (
              <p className="quiet small">{say.dropsNone}</p>
            ) : (
              <ul className="lines small">
                {Object.entries(h.drops).map(([reason, n]) => (
                  <li key={reason} className="row apart">
                    <span className="words">{say.dropNames[reason] ?? reason}</span>
                    <b>{formats.number(n)}</b>
                  </li>
                ))}
              </ul>
            )}
          </section>
          {h.turnedAway.length > 0 && (
            <section className="stack tight">
              <h3>{say.turnedAway}</h3>
              <p className="quiet small">{say.turnedAwayHelp}</p>
              <ul className="lines small">
                {h.turnedAway.map((d) => (
                  <li key={`${d.door} ${d.reason}`} className="row apart">
                    <span className="words">
                      {d.door}: {say.turnedAwayNames[d.reason] ?? d.reason}
                    </span>
                    <b>{formats.number(d.times)}</b>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
      {open === 'enrol' && <EnrolSheet venue={venue} entry={entry} formats={formats} changed={changed} close={close} />}
      {open === 'setup' && (
        <SetupSheet
          venue={venue}
          entry={entry}
          formats={formats}
          close={close}
          done={() => {
            close();
            setDone(say.sent);
            changed();
          }}
        />
      )}
      {open === 'revoke' && (
        <Ask
          title={say.revokeTitle(entry.gateway)}
          text={say.revokeText}
          yes={say.revoke}
          act={() => call<void>(at`venues/${venue}/gateways/${entry.gateway}/revocation`, { method: 'POST', body: {} })}
          done={() => {
            close();
            setDone(say.revoked);
            changed();
          }}
          close={close}
        />
      )}
    </section>
  );
}

function Fact({ name, value, help, mono }: { name: string; value: string; help?: string; mono?: boolean }) {
  return (
    <div>
      <dt className="tiny">{name}</dt>
      <dd className={mono ? 'mono words' : 'words'}>{value}</dd>
      {help !== undefined && <dd className="tiny">{help}</dd>}
    </div>
  );
}
