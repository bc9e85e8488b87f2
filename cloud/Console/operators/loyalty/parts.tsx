import { createContext, type ReactNode, useContext, useId } from 'react';
import { useLanguage, useSay } from '../../src/words/language';
import { neededText } from './needed';
import { type Span, units } from './programme';
import type { Keeping } from './useKeeping';
import { words } from './words';

/** The keeping that a sheet's fields belong to: each shows what the service finds wrong with it. */
export const Keeps = createContext<Keeping | undefined>(undefined);

interface Asked {
  label: string;
  help?: string | undefined;
  /** Where it stands within the sheet's part, for example `.points`. */
  place: string;
  /** What keeps it from being read here already. */
  wrong?: string | undefined;
}

function useWrong({ place, wrong, help }: Pick<Asked, 'place' | 'wrong' | 'help'>) {
  const say = useSay(words);
  const { language } = useLanguage();
  const mistake = useContext(Keeps)?.wrongAt(place);
  const said =
    wrong ??
    (mistake === undefined ? undefined : say.needed(neededText(mistake.message, language, place === '.centsAPoint')));
  return { wrong: said, text: said ?? help };
}

export function Labelled(props: Asked & { children: (id: string, aria: object) => ReactNode }) {
  const id = useId();
  const { wrong, text } = useWrong(props);
  const aria = {
    'aria-invalid': wrong !== undefined,
    ...(text === undefined ? {} : { 'aria-describedby': `${id}-help` }),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id, aria)}
      {text !== undefined && (
        <span id={`${id}-help`} className={wrong === undefined ? 'tiny' : 'wrong'}>
          {text}
        </span>
      )}
    </div>
  );
}

/** What is wrong with several fields together. */
export function WrongAt(props: { place: string; help?: string }) {
  const { wrong, text } = useWrong({ ...props, wrong: undefined, help: props.help });
  if (text === undefined) return null;
  return (
    <span className={wrong === undefined ? 'tiny' : 'wrong'} role={wrong === undefined ? undefined : 'alert'}>
      {text}
    </span>
  );
}

export function TextField(
  props: Asked & {
    value: string;
    put: (value: string) => void;
    numeric?: boolean;
    lang?: string;
    most?: number;
    mono?: boolean;
  },
) {
  return (
    <Labelled {...props}>
      {(id, aria) => (
        <input
          id={id}
          className={props.mono ? 'input mono' : 'input'}
          maxLength={props.most ?? 15}
          {...(props.numeric ? { inputMode: 'decimal' } : {})}
          {...(props.lang === undefined ? {} : { lang: props.lang })}
          {...(props.mono ? { spellCheck: false, autoCapitalize: 'off' } : {})}
          autoComplete="off"
          value={props.value}
          {...aria}
          onChange={(e) => props.put(e.target.value)}
        />
      )}
    </Labelled>
  );
}

/** A number and its unit, as one field. */
export function SpanField(props: Asked & { value: Span; put: (value: Span) => void }) {
  const say = useSay(words);
  const { value, put } = props;
  return (
    <Labelled {...props}>
      {(id, aria) => (
        <div className="span-field">
          <input
            id={id}
            className="input"
            inputMode="numeric"
            maxLength={6}
            autoComplete="off"
            value={value.number}
            {...aria}
            onChange={(e) => put({ ...value, number: e.target.value })}
          />
          <select
            className="select"
            aria-label={props.label}
            value={value.unit}
            onChange={(e) => put({ ...value, unit: e.target.value as Span['unit'] })}
          >
            {units.map((unit) => (
              <option key={unit} value={unit}>
                {say.units[unit]}
              </option>
            ))}
          </select>
        </div>
      )}
    </Labelled>
  );
}
