import { expect, test } from 'vitest';
import { readCrontab } from '../../../cli/import/crontab.ts';

const NOW = Date.parse('2026-11-22T12:00Z');

function read(text: string, options: Partial<Parameters<typeof readCrontab>[1]> = {}) {
  return readCrontab(text, { timeZone: 'UTC', hasUsers: false, now: NOW, ...options });
}

/** What is said of the lines, as it is printed. */
function said(text: string, options?: Parameters<typeof read>[1]): string[] {
  return read(text, options).remarks.map(
    ({ line, what, isLeftOut }) => `${line}${isLeftOut ? '!' : ':'} ${what}`,
  );
}

test('a line becomes an entry, named after its command; the comment above it describes it', () => {
  const { entries, remarks } = read('# Warns\n\n# Sends mails\n0 9 * * * /opt/send_mails.py -v\n');
  expect(remarks).toEqual([]);
  expect(entries).toEqual([
    {
      line: 4,
      name: 'send-mails',
      settings: { cron: '0 9 * * ? *', description: 'Sends mails' },
      source: '0 9 * * * /opt/send_mails.py -v',
    },
  ]);
});

test('one command at two times is one file; two commands of one name are two', () => {
  const { entries } = read('0 9 * * * /a/x.sh\n0 18 * * * /a/x.sh\n0 7 * * * /b/x.sh\n');
  expect(entries.map(({ name, handler }) => [name, handler])).toEqual([
    ['x', undefined],
    ['x-2', 'x'],
    ['x-3', undefined],
  ]);
});

test('CRON_TZ is the zone of the lines below it', () => {
  const { entries, remarks } = read(
    '0 9 * * * a\nCRON_TZ=Europe/Oslo\n0 9 * * * b\n0 * * * * c\nCRON_TZ=Oslo\n0 9 * * * d\n',
  );
  expect(entries.map(({ settings }) => settings.timeZone)).toEqual([
    undefined,
    'Europe/Oslo',
    undefined, // every hour is every hour in Oslo, too
  ]);
  expect(remarks.map(({ line, isLeftOut }) => [line, isLeftOut])).toEqual([
    [5, false],
    [6, true],
  ]);
});

test('a zone that is not whole hours from UTC is kept for an hourly job', () => {
  const [entry] = read('0 * * * * a', { timeZone: 'Asia/Kolkata' }).entries;
  expect(entry?.settings).toMatchObject({ every: '1 hour', timeZone: 'Asia/Kolkata' });
});

test('a time that summer time skips is told of, with its day', () => {
  expect(said('30 2 * * * a', { timeZone: 'Europe/Oslo' })).toEqual([
    '1: 2027-03-28T02:30 does not exist in Europe/Oslo, where clocks skip it: EventBridge leaves that tick out',
  ]);
  // That day is a Sunday.
  expect(said('30 2 * * 1-5 a', { timeZone: 'Europe/Oslo' })).toEqual([]);
  expect(said('30 3 * * * a', { timeZone: 'Europe/Oslo' })).toEqual([]);
});

test('what a function has no use for is said by its line', () => {
  const text = [
    'SHELL=/bin/bash',
    'PATH=/usr/bin',
    'MAILTO="ops@example.com"',
    'MAILTO=""',
    'TZ=Europe/Oslo',
    '#*/5 * * * * /opt/old.sh',
    '0 1 * * * echo a%b',
    String.raw`0 1 * * * date +\%F`,
  ];
  expect(said(text.join('\r\n'))).toEqual([
    '1: SHELL: no shell runs a job; its code is a function',
    '2: PATH is not carried over; the code of a job has to set it, or to do without',
    '3: MAILTO: alerts go to one topic; deploy with -c alertEmail=<address>',
    '5: TZ is the zone of the commands, in most crons not that of the times; if it is, say --time-zone',
    '6: is commented out, and left out',
    '7: what follows % was the input of the command; the code has to bring its own',
  ]);
});

test('a comment that begins with a number is no job', () => {
  const prose = '# 5 minutes after the full hour we run it';
  const [entry] = read(`${prose}\n5 * * * * a`).entries;
  expect(entry?.settings.description).toBe(prose.slice(2));
  expect(said(`${prose}\n# 5 1 * JAN-mar Mon,fri a`)).toEqual([
    '2: is commented out, and left out',
  ]);
});

test('what can not be carried over is left out, and does not keep the others from it', () => {
  const text = '@reboot a\nnonsense\n0 25 * * * b\n0 0 31 2 * c\n0 1 * * * d';
  expect(read(text).entries.map(({ name }) => name)).toEqual(['d']);
  expect(said(text)).toEqual([
    '1! @reboot: there is no machine that boots',
    '2! is no line of a crontab: five fields and a command',
    "3! '25' of the hours is no value, range or step of 0 to 23",
    "4! cron: '0 0 31 2 ? *' never comes due; check day of month, month and year",
  ]);
});

test('the crontab of the system names a user', () => {
  const { entries, remarks } = read('0 1 * * * www-data /opt/a.sh', { hasUsers: true });
  expect(entries[0]?.name).toBe('a');
  expect(remarks[0]?.what).toContain("not as the user 'www-data'");
});

test('RANDOM_DELAY is jitter', () => {
  const [entry] = read('RANDOM_DELAY=10\n0 1 * * * a').entries;
  expect(entry?.settings.jitter).toBe('10 minutes');
});
