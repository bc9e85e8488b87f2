import { ArrowLeft, KeyRound, RouterIcon, SearchX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { at, call } from '../../src/api/client';
import type { ReceiverState, VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { useLoaded } from '../../src/live/useLoaded';
import { Blank, Bones, Failure } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useSay } from '../../src/words/language';
import { Apart } from './Apart';
import { Ask } from './Ask';
import { Copies } from './Copies';
import { caresOf, illOf } from './care';
import { careText } from './careText';
import { GatewayPage } from './GatewayPage';
import { Receivers } from './Receivers';
import { useGateways } from './useGateways';
import { words } from './words';

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
  venueTime: string | undefined;
  picked: string | undefined;
  go: (...parts: string[]) => void;
}

/** Whether a receiver hears as it should shows over many minutes. */
const receiversMs = 60_000;

export const stateTone: Record<string, string> = { enrolled: 'good', waiting: 'lake', revoked: 'bad', password: '' };

/** The boxes in the stores: how they are, let in, set up and shut out; and what their receivers hear that is no visitor. */
export function GatewaysTab({ venue, map, formats, link, venueTime, picked, go }: Props) {
  const say = useSay(words);
  const { list, rates } = useGateways(venue, link);
  const receivers = useLoaded(venue, (signal) => call<ReceiverState[]>(at`venues/${venue}/receivers`, { signal }));
  const [rolling, setRolling] = useState(false);
  const again = receivers.reload;
  useBack(link, again);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && again(), receiversMs);
    return () => clearInterval(timer);
  }, [again]);
  const all = list.data;
  if (all === undefined)
    return list.problem !== undefined ? (
      <Failure problem={list.problem} retry={list.reload} />
    ) : (
      <Bones lines={3} height="7rem" />
    );
  const one = all.find((g) => g.gateway === (picked ?? all[0]?.gateway));
  return (
    <div className="stack">
      <div className={picked === undefined ? 'split' : 'split picked'}>
        <section className="card stack split-list" aria-labelledby="gateways">
          <h2 id="gateways">{say.title}</h2>
          {all.length === 0 ? (
            <Blank icon={RouterIcon} title={say.none}>
              <p>{say.noneHelp}</p>
            </Blank>
          ) : (
            <ul className="picks">
              {all.map((g) => {
                const [worst] = caresOf(g, Date.now(), venueTime);
                const ill = illOf(g.gateway, receivers.data).length;
                return (
                  <li key={g.gateway}>
                    <button
                      type="button"
                      aria-current={g === one ? 'true' : undefined}
                      onClick={() => go('gateways', g.gateway)}
                    >
                      <span className="pick-title">
                        <strong className="mono words">{g.gateway}</strong>
                        <span className={`chip ${stateTone[g.state] ?? ''}`}>{say.states[g.state] ?? g.state}</span>
                      </span>
                      <span className={worst === undefined && ill === 0 ? 'tiny words' : 'tiny care words'}>
                        {worst !== undefined
                          ? careText(worst, say, formats)
                          : ill > 0
                            ? say.receiversIll(ill)
                            : g.state === 'planned' || g.state === 'revoked' || g.health === null
                              ? say.offline
                              : say.well}
                      </span>
                    </button>
                  </li>
                );
              })}
            </ul>
          )}
          {all.some((g) => g.state === 'enrolled') && (
            <button type="button" className="button plain" onClick={() => setRolling(true)}>
              <KeyRound size={16} aria-hidden="true" />
              {say.newKeys}
            </button>
          )}
        </section>
        <div className="split-one stack">
          <button type="button" className="button plain split-back" onClick={() => go('gateways')}>
            <ArrowLeft size={18} aria-hidden="true" />
            {say.back}
          </button>
          {one !== undefined ? (
            <GatewayPage
              key={one.gateway}
              venue={venue}
              entry={one}
              rates={rates.get(one.gateway)}
              ill={illOf(one.gateway, receivers.data).length}
              venueTime={venueTime}
              formats={formats}
              changed={list.reload}
            />
          ) : (
            picked !== undefined && (
              <div className="card">
                <Blank icon={SearchX} title={say.gone} />
              </div>
            )
          )}
        </div>
      </div>
      <Copies venue={venue} map={map} formats={formats} link={link} />
      <div className="pair">
        <Receivers read={receivers} map={map} formats={formats} />
        <Apart venue={venue} map={map} formats={formats} link={link} />
      </div>
      {rolling && (
        <Ask
          title={say.newKeysTitle}
          text={say.newKeysText}
          yes={say.newKeys}
          act={() => call<void>(at`venues/${venue}/keys/generation`, { method: 'POST', body: {} })}
          done={() => {
            setRolling(false);
            list.reload();
          }}
          close={() => setRolling(false)}
        />
      )}
    </div>
  );
}
