/** Days of a month in a year that has them all: some are born on 29 February. */
export function daysIn(month: number): number {
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}

/** 21 November, from `11-21`; empty for none. */
export function birthdayText(value: string | null | undefined, language: string): string {
  const [month, day] = (value ?? '').split('-').map(Number);
  if (!month || !day) return '';
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    month: 'long',
    day: 'numeric',
    timeZone: 'UTC',
  });
  return format.format(new Date(Date.UTC(2024, month - 1, day)));
}
