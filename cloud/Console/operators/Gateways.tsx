import { RouterIcon } from 'lucide-react';
import type { GatewayHealth } from '../src/api/types';
import { Blank } from '../src/ui/parts';
import type { Formats } from '../src/words/formats';
import { useSay } from '../src/words/language';
import { type Health, healthOf, healthTone } from './health';
import { words } from './words';

const worstFirst: Health[] = ['offline', 'clock', 'late', 'well'];

export function Gateways({ gateways, formats }: { gateways: GatewayHealth[]; formats: Formats }) {
  const say = useSay(words);
  const sorted = gateways
    .map((gateway) => ({ gateway, health: healthOf(gateway) }))
    .sort(
      (a, b) =>
        worstFirst.indexOf(a.health) - worstFirst.indexOf(b.health) ||
        a.gateway.gateway.localeCompare(b.gateway.gateway),
    );
  return (
    <section className="card stack" aria-labelledby="gateways">
      <h2 id="gateways">{say.gateways}</h2>
      {sorted.length === 0 ? (
        <Blank icon={RouterIcon} title={say.noGateways}>
          <p>{say.noGatewaysHelp}</p>
        </Blank>
      ) : (
        <ul className="lines">
          {sorted.map(({ gateway: g, health }) => (
            <li key={g.gateway} className="row apart">
              <span>
                <a className="mono words" href={`#gateways/${encodeURIComponent(g.gateway)}`}>
                  {g.gateway}
                </a>
                <span className="tiny block">{detail(g, health)}</span>
              </span>
              <span className={`chip ${healthTone[health]}`}>{say.gatewayState[health]}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );

  function detail(g: GatewayHealth, health: Health): string {
    const heard = g.lastSeenAt ? say.lastSeen(formats.seconds(g.lastSeenAt)) : say.never;
    if (health === 'clock') return `${say.clockError(formats.lasting(Math.abs(g.clockErrorMs)))} · ${heard}`;
    if (g.backlog > 0 && health !== 'well') return `${say.waiting(formats.number(g.backlog))} · ${heard}`;
    return heard;
  }
}
