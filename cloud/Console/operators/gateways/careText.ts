import type { Formats } from '../../src/words/formats';
import type { Care } from './care';
import type { words } from './words';

/** What is to be looked at, in words. */
export function careText(care: Care, say: (typeof words)['en'], formats: Formats): string {
  switch (care.what) {
    case 'trouble':
      return say.cares.trouble(care.why);
    case 'clockOff':
      return say.cares.clockOff(formats.lasting(care.ms));
    case 'spool':
      return say.cares.spool(formats.dayTime(care.since));
    case 'quiet':
      return say.cares.quiet(formats.number(care.radio), formats.lasting(care.seconds * 1000));
    case 'losing':
      return say.cares.losing(formats.number(care.radio), formats.percent(care.share));
    case 'hot':
      return say.cares.hot(`${formats.number(Math.round(care.celsius))} °C`);
    case 'certificate':
      return say.cares.certificate(formats.day(care.until));
    default:
      return say.cares[care.what];
  }
}
