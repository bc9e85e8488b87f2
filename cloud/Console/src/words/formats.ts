import { useMemo } from 'react';
import { type Language, useLanguage } from './language';

export interface Formats {
  number: (n: number) => string;
  percent: (share: number) => string;
  /** 14:05 in the venue. */
  time: (iso: string) => string;
  /** 14:05:09 in the venue. */
  seconds: (iso: string) => string;
  /** 21 Nov, 14:05 in the venue. */
  dayTime: (iso: string) => string;
  day: (iso: string) => string;
  /** The hour when it is the same day as `from`, the date as well when not. */
  until: (iso: string, from: string) => string;
  /** 45 s, 8 min, 2 hr 5 min. */
  lasting: (ms: number) => string;
  /** 12.4 min */
  minutes: (n: number) => string;
  /** Cents as 1,250.00: a venue's currency is its own. */
  money: (cents: number) => string;
}

export function makeFormats(language: Language, timeZone: string | undefined): Formats {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const zone = timeZone === undefined ? {} : { timeZone };
  const date = (options: Intl.DateTimeFormatOptions) => {
    let format: Intl.DateTimeFormat;
    try {
      format = new Intl.DateTimeFormat(locale, { ...options, ...zone });
    } catch {
      // A zone this browser has never heard of: the reader's own is better than an empty page.
      format = new Intl.DateTimeFormat(locale, options);
    }
    return (iso: string) => {
      const at = new Date(iso);
      return Number.isNaN(at.getTime()) ? '–' : format.format(at);
    };
  };
  const unit = (name: string) => {
    const format = new Intl.NumberFormat(language === 'zh' ? locale : 'en', {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
    });
    return (n: number) => format.format(n);
  };
  const plain = new Intl.NumberFormat(locale);
  const price = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const [s, min, hour] = [unit('second'), unit('minute'), unit('hour')];
  const day = date({ weekday: 'short', day: 'numeric', month: 'short' });
  const time = date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const dayTime = date({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return {
    number: (n) => plain.format(n),
    percent: (n) => share.format(n),
    time,
    seconds: date({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
    dayTime,
    day,
    minutes: min,
    money: (cents) => price.format(cents / 100),
    until: (iso, from) => (day(iso) === day(from) ? time(iso) : dayTime(iso)),
    lasting: (ms) => {
      const seconds = Math.max(0, Math.round(ms / 1000));
      if (seconds < 60) return s(seconds);
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return min(minutes);
      const rest = minutes % 60;
      return rest === 0 ? hour(minutes / 60) : `${hour(Math.floor(minutes / 60))} ${min(rest)}`;
    },
  };
}

/** Numbers and dates as the reader writes them, at the venue's hour. */
export function useFormats(timeZone: string | undefined): Formats {
  const { language } = useLanguage();
  return useMemo(() => makeFormats(language, timeZone), [language, timeZone]);
}
