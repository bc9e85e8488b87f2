import { useId } from 'react';
import { useLanguage, useLocal, useSay } from '../../src/words/language';
import type { RuleDocument } from '../readAloud';
import { triggerWords } from '../ruleWords';
import { type Fields, periods, withFields } from './fields';
import type { RuleBook } from './useRules';
import { Whole } from './Whole';
import { words } from './words';

interface Props {
  rule: RuleDocument;
  fields: Fields;
  book: RuleBook;
  put: (rule: RuleDocument) => void;
}

/** What most rules are about, to be filled in; all else in the document stays as it is. */
export function RuleFields({ rule, fields: f, book, put }: Props) {
  const say = useSay(words);
  const local = useLocal();
  const { language } = useLanguage();
  const set = (change: Partial<Fields>) => put(withFields(rule, change));
  const zones = book.map?.zones ?? [];
  const tags = [...new Set(zones.flatMap((z) => z.tags))].sort();
  const known = new Set(['venue', ...zones.map((z) => `zone:${z.id}`), ...tags.map((t) => `tag:${t}`)]);
  const whole = (text: string, least: number, most: number) =>
    /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;

  return (
    <div className="fields">
      <Labelled name={say.nameEn}>
        {(id) => (
          <input
            id={id}
            className="input"
            maxLength={300}
            value={f.titleEn}
            onChange={(e) => set({ titleEn: e.target.value })}
          />
        )}
      </Labelled>
      <Labelled name={say.nameZh}>
        {(id) => (
          <input
            id={id}
            lang="zh-CN"
            className="input"
            maxLength={300}
            value={f.titleZh}
            onChange={(e) => set({ titleZh: e.target.value })}
          />
        )}
      </Labelled>
      {f.trigger === null ? (
        <div className="field wide-field">
          <span className="label">{say.when_}</span>
          <p className="words">{triggerWords(rule.when, language, book.named)}</p>
          <span className="tiny">{say.triggerOther}</span>
        </div>
      ) : (
        <>
          <Labelled name={say.trigger}>
            {(id) => (
              <select
                id={id}
                className="select"
                value={f.trigger ?? ''}
                onChange={(e) => set({ trigger: e.target.value as Fields['trigger'] })}
              >
                {Object.entries(say.triggers).map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          <Labelled name={say.place}>
            {(id) => (
              <select id={id} className="select" value={f.place} onChange={(e) => set({ place: e.target.value })}>
                {!known.has(f.place) && <option value={f.place}>{say.unknownOffer(f.place)}</option>}
                <option value="venue">{say.wholeVenue}</option>
                <optgroup label={say.tags}>
                  {tags.map((tag) => (
                    <option key={tag} value={`tag:${tag}`}>
                      {say.anyOf(tag)}
                    </option>
                  ))}
                </optgroup>
                <optgroup label={say.zones}>
                  {zones.map((z) => (
                    <option key={z.id} value={`zone:${z.id}`}>
                      {local(z.name) || z.id}
                    </option>
                  ))}
                </optgroup>
              </select>
            )}
          </Labelled>
          {f.trigger === 'dwells' && (
            <Labelled name={say.minutes}>
              {(id) => (
                <Whole
                  id={id}
                  value={f.minutes}
                  wrong={say.minutesWrong}
                  read={(text) => whole(text, 1, 1440)}
                  put={(minutes) => set({ minutes })}
                />
              )}
            </Labelled>
          )}
        </>
      )}
      {f.offer === null && Array.isArray(rule.then) && rule.then.length > 0 ? (
        <p className="quiet small">{say.noOffer}</p>
      ) : (
        <Labelled name={say.offer}>
          {(id) => (
            <select id={id} className="select" value={f.offer ?? ''} onChange={(e) => set({ offer: e.target.value })}>
              {f.offer === null ? (
                <option value="" disabled>
                  {say.pickOffer}
                </option>
              ) : (
                !book.offers.some((o) => o.id === f.offer) && (
                  <option value={f.offer}>{say.unknownOffer(f.offer)}</option>
                )
              )}
              {book.offers.map((o) => (
                <option key={o.id} value={o.id}>
                  {local(o.title) || o.id}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      )}
      <fieldset className="field hours">
        <legend className="label">{say.hours}</legend>
        <div className="row">
          <input
            type="time"
            className="input"
            aria-label={say.hours}
            value={f.from}
            onChange={(e) => set({ from: e.target.value, to: f.to === '' ? '22:00' : f.to })}
          />
          <span>{say.hoursTo}</span>
          <input
            type="time"
            className="input"
            aria-label={say.hoursTo}
            value={f.to}
            onChange={(e) => set({ to: e.target.value, from: f.from === '' ? '10:00' : f.from })}
          />
        </div>
      </fieldset>
      <Labelled name={say.once}>
        {(id) => (
          <select id={id} className="select" value={f.once} onChange={(e) => set({ once: e.target.value })}>
            {periods.map((p) => (
              <option key={p} value={p}>
                {say.periods[p]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled name={say.holdout} help={say.holdoutHelp}>
        {(id) => (
          <Whole
            id={id}
            value={f.holdout}
            wrong={say.holdoutWrong}
            read={(text) => whole(text, 0, 50)}
            put={(holdout) => set({ holdout })}
          />
        )}
      </Labelled>
    </div>
  );
}

function Labelled({
  name,
  help,
  children,
}: {
  name: string;
  help?: string;
  children: (id: string) => React.ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {children(id)}
      {help !== undefined && <span className="tiny">{help}</span>}
    </div>
  );
}
