import { ChevronDown, CircleX, Printer } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { at, call } from '../../src/api/client';
import type { Apart as Device, VenueMap } from '../../src/api/types';
import type { LinkState } from '../../src/live/link';
import { useBack } from '../../src/live/useBack';
import { useLoaded } from '../../src/live/useLoaded';
import { Blank, Bones, Failure, Notice } from '../../src/ui/parts';
import type { Formats } from '../../src/words/formats';
import { useLocal, useSay } from '../../src/words/language';
import { words } from './words';

interface Props {
  venue: string;
  map: VenueMap | undefined;
  formats: Formats;
  link: LinkState;
}

/** Devices that are not counted among visitors, and why; an operator may know better. */
export function Apart({ venue, map, formats, link }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const [failed, setFailed] = useState(false);
  const read = useLoaded(venue, (signal) => call<Device[]>(at`venues/${venue}/apart`, { signal }));
  useBack(link, read.reload);
  const act = (number: number, role: 'visitor' | 'staff' | 'fixed' | null, zone: string | null) => {
    setFailed(false);
    const path = at`venues/${venue}/apart/${number}`;
    (role === null
      ? call<void>(path, { method: 'DELETE' })
      : call<void>(path, { method: 'PUT', body: role === 'fixed' && zone !== null ? { role, zone } : { role } })
    ).then(read.reload, () => {
      setFailed(true);
      read.reload();
    });
  };
  return (
    <section className="card stack" aria-labelledby="apart">
      <h2 id="apart">{say.apart}</h2>
      {failed && (
        <Notice icon={CircleX} tone="bad">
          {say.failed}
        </Notice>
      )}
      {read.data === undefined ? (
        read.problem !== undefined ? (
          <Failure problem={read.problem} retry={read.reload} />
        ) : (
          <Bones lines={2} />
        )
      ) : read.data.length === 0 ? (
        <Blank icon={Printer} title={say.apartNone}>
          <p>{say.apartNoneHelp}</p>
        </Blank>
      ) : (
        <ul className="lines">
          {read.data.map((d) => (
            <li key={d.number} className="row apart">
              <span className="words">
                <span className="mono">{d.token}</span>{' '}
                <span className={d.role === 'visitor' ? 'chip lake' : 'chip'}>{say.roles[d.role] ?? d.role}</span>
                <span className="tiny block">
                  {d.zone !== null && `${local(map?.zones.find((z) => z.id === d.zone)?.name) || d.zone} · `}
                  {say.since(formats.dayTime(d.since))} · {say.lastHeard(formats.dayTime(d.heardAt))}
                </span>
              </span>
              <DropdownMenu.Root>
                <DropdownMenu.Trigger className="button calm slim" aria-label={`${say.change}: ${d.token}`}>
                  {say.change}
                  <ChevronDown size={16} aria-hidden="true" />
                </DropdownMenu.Trigger>
                <DropdownMenu.Portal>
                  <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
                    <DropdownMenu.Item onSelect={() => act(d.number, 'visitor', null)}>
                      {say.isVisitor}
                    </DropdownMenu.Item>
                    <DropdownMenu.Item onSelect={() => act(d.number, 'staff', null)}>{say.isStaff}</DropdownMenu.Item>
                    <DropdownMenu.Item onSelect={() => act(d.number, 'fixed', d.zone)}>{say.isFixed}</DropdownMenu.Item>
                    <DropdownMenu.Item onSelect={() => act(d.number, null, null)}>{say.forget}</DropdownMenu.Item>
                  </DropdownMenu.Content>
                </DropdownMenu.Portal>
              </DropdownMenu.Root>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
