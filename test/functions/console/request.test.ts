import { expect, test } from 'vitest';
import { type ConsoleEvent, readRequest, themeOf } from '../../../functions/console/request.ts';
import { HOSTILE, NOW } from './samples.ts';

const read = (event: ConsoleEvent) => readRequest(event, NOW);
const TICK = '2026-03-01T09:00Z';

test('what is to be shown: by default the jobs', () => {
  expect(read({}).show).toEqual({ view: 'jobs' });
  expect(read({ view: 'job', job: 'report' }).show).toEqual({ view: 'job', job: 'report' });
  expect(read({ view: 'run', job: 'report', tick: TICK, full: '1' }).show).toEqual({
    view: 'run', job: 'report', tick: TICK, full: true,
  }); // biome-ignore format: one line reads better
});

test('an action of the page: what, and what is shown then', () => {
  const event = {
    page: true,
    view: 'job',
    job: 'report',
    action: 'pause',
    until: '1 hour',
    who: 'ada',
    why: ' x ',
  };
  expect(read(event)).toEqual({
    show: { view: 'job', job: 'report' },
    action: { action: 'pause', job: 'report', until: '2026-03-01T13:34:20.000Z' },
    said: { who: 'ada', why: 'x' },
  });
  expect(read({ ...event, until: '2026-03-02T00:00Z' }).action?.until).toBe('2026-03-02T00:00Z');
  expect(read({ ...event, until: '' }).action).not.toHaveProperty('until', expect.anything());
  // What the form has for a pause is not for others.
  expect(read({ ...event, action: 'resume' }).action?.until).toBeUndefined();
});

test('an action of the widget: what was typed into it comes beside it', () => {
  const all = { who: 'ada', why: 'down', until: '15 minutes' };
  const event = { view: 'jobs', job: 'report', action: 'pause', widgetContext: { forms: { all } } };
  expect(read(event)).toMatchObject({
    action: { action: 'pause', job: 'report', until: '2026-03-01T12:49:20.000Z' },
    said: { who: 'ada', why: 'down' },
  });
});

test('a confirmation does nothing yet', () => {
  const event = { view: 'confirm', action: 'unlock', job: 'report', holder: 'report', back: 'job' };
  expect(read(event)).toMatchObject({
    show: {
      view: 'confirm',
      deed: { action: 'unlock', job: 'report', holder: 'report' },
      back: { view: 'job', job: 'report' },
    },
  });
  expect(read(event).action).toBeUndefined();
});

test.each<[event: ConsoleEvent, why: RegExp]>([
  [{ view: 'rnu' }, /no view 'rnu'; perhaps 'run'/],
  [{ view: 'job' }, /which job/],
  [{ view: 'run', job: 'a' }, /which run of a/],
  [{ view: 'run', job: 'a', tick: HOSTILE }, /is no tick; write one such as/],
  [{ view: 'run', job: 'a', tick: '2026-13-01T00:00Z' }, /is no tick/],
  [{ view: 'confirm', job: 'a' }, /name an action/],
  [{ action: 'puase', job: 'a' }, /no action 'puase'; perhaps 'pause'/],
  [{ action: 'run' }, /which job/],
  [{ action: 'pause', job: 'a', until: 'tomorrow' }, /'tomorrow' is no length of a pause/],
])('%j is refused in one line', (event, why) => {
  let said = '';
  try {
    read(event);
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).toMatch(why);
});

test('a part of the jobs: as a link of the page has it, and one of the widget', () => {
  const part = { view: 'jobs', find: 'sync', from: 50, worstFirst: true };
  expect(read({ find: ' sync ', from: '50', worstFirst: '1' }).show).toEqual(part);
  expect(read(part).show).toEqual(part);
  for (const from of ['-1', '0', 'x', 'NaN']) expect(read({ from }).show).toEqual({ view: 'jobs' });
  // What comes after a question is where it was asked.
  expect(
    read({ ...part, view: 'confirm', action: 'run', job: 'a', back: 'jobs' }).show,
  ).toMatchObject({ back: part });
});

test('a name that is typed into the widget counts where it is asked for, and else the link does', () => {
  const widgetContext = { forms: { all: { find: 'typed' } } };
  expect(read({ finds: true, widgetContext }).show).toEqual({ view: 'jobs', find: 'typed' });
  expect(read({ find: 'sync', widgetContext }).show).toEqual({ view: 'jobs', find: 'sync' });
  expect(read({ widgetContext }).show).toEqual({ view: 'jobs' });
});

test('what is no text is not there', () => {
  expect(read({ view: 7, job: ['a'] } as unknown as ConsoleEvent).show).toEqual({ view: 'jobs' });
});

test('the theme is one of two, or none', () => {
  expect(themeOf({ widgetContext: { theme: 'dark' } })).toBe('dark');
  expect(themeOf({ widgetContext: { theme: '"><script>' } })).toBeUndefined();
  expect(themeOf({})).toBeUndefined();
});
