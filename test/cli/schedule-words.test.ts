import { expect, test } from 'vitest';
import { inWords } from '../../cli/schedule-words.ts';
import { resolveJob } from '../../core/schedule/resolve.ts';
import type { When } from '../../core/schedule/settings.ts';

const ofSettings = (settings: When) => inWords(resolveJob('report', settings));

test.each([
  [{ every: '10 minutes' }, 'every 10 minutes'],
  [{ every: '20 minutes', offset: '3 minutes' }, 'every 20 minutes from 00:03'],
  // Several expressions, none of which says it.
  [{ every: '8 minutes' }, 'every 8 minutes'],
  [{ every: '90 minutes', offset: '5 minutes' }, 'every 90 minutes from 00:05'],
  [{ every: '1 hour' }, 'every hour'],
  [{ cron: '0 9 * * ? *' }, 'at 09:00'],
  [
    { cron: '0 9 ? * MON-FRI *', timeZone: 'Europe/Oslo' },
    'at 09:00, Monday through Friday, Europe/Oslo',
  ],
  // Sunday is 1 to EventBridge, 0 to a crontab.
  [{ cron: '0 9 ? * 2 *' }, 'at 09:00, only on Monday'],
  // At even distances, but not every day.
  [{ cron: '0/30 * ? * MON *' }, 'every 30 minutes, only on Monday'],
  [{ at: '2027-03-01T09:00' }, 'once, 2027-03-01 09:00'],
] as [When, string][])('%j', (settings, words) => {
  expect(ofSettings(settings)).toBe(words);
});
