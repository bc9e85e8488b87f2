import { useMemo } from 'react';
import { useLanguage, useSay } from '../src/words/language';
import { daysIn } from './birthday';
import { words } from './words';

/** Month and day, no year: all that a treat needs. The value is `MM-dd`, `MM` or `-dd` while half chosen, or empty. */
export function BirthdayField({
  value,
  change,
  wrong,
}: {
  value: string;
  change: (value: string) => void;
  wrong: boolean;
}) {
  const say = useSay(words);
  const { language } = useLanguage();
  const [month = '', day = ''] = value.split('-');
  const months = useMemo(() => {
    const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { month: 'long', timeZone: 'UTC' });
    return Array.from({ length: 12 }, (_, i) => format.format(new Date(Date.UTC(2024, i, 1))));
  }, [language]);
  const put = (m: string, d: string) => {
    const kept = d !== '' && m !== '' && Number(d) > daysIn(Number(m)) ? '' : d;
    change(kept === '' ? m : `${m}-${kept}`);
  };
  return (
    <fieldset className="field birthday">
      <legend className="label">
        {say.birthday} <span className="tiny">{say.optional}</span>
      </legend>
      <div className="row">
        <select
          className="select"
          aria-label={say.month}
          value={month}
          aria-invalid={wrong}
          onChange={(e) => put(e.target.value, day)}
        >
          <option value="">{say.month}</option>
          {months.map((name, i) => (
            <option key={name} value={String(i + 1).padStart(2, '0')}>
              {name}
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label={say.day}
          value={day}
          aria-invalid={wrong}
          onChange={(e) => put(month, e.target.value)}
        >
          <option value="">{say.day}</option>
          {Array.from({ length: month === '' ? 31 : daysIn(Number(month)) }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: days are their numbers
            <option key={i} value={String(i + 1).padStart(2, '0')}>
              {i + 1}
            </option>
          ))}
        </select>
      </div>
      <p className={wrong ? 'wrong' : 'tiny'}>{wrong ? say.birthdayHalf : say.birthdayHelp}</p>
    </fieldset>
  );
}
