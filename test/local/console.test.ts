import { beforeEach, expect, test } from 'vitest';
import { Console } from '../../local/console.ts';
import type { Answer } from '../../local/environment.ts';
import type { LocalFunction } from '../../local/function.ts';
import { OpenWork } from '../../local/open-work.ts';

/** What the function was asked, and how to answer it. */
let asked: Array<{ event: Record<string, unknown>; answer(answer: Answer): void }>;
let console: Console;

beforeEach(() => {
  asked = [];
  const fn = {
    invoke: (event: Record<string, unknown>) =>
      new Promise<Answer>((answer) => asked.push({ event, answer })),
  };
  console = new Console(fn as unknown as LocalFunction, new OpenWork());
});

/** Lets what can go on go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Answers the oldest question that is not answered yet. */
async function answer(payload: unknown): Promise<Record<string, unknown> | undefined> {
  await turn();
  const first = asked.shift();
  first?.answer({ payload });
  await turn();
  return first?.event;
}

const textOf = async (shown: ReturnType<Console['show']>) => (await shown).html.text;

test('asks the function for a page, as it was asked itself', async () => {
  const shown = console.show({ view: 'run', job: 'sweep', tick: '2026-03-01T00:00Z', full: '1' });
  expect(await answer('<b>run</b>')).toEqual({
    page: true,
    view: 'run',
    job: 'sweep',
    tick: '2026-03-01T00:00Z',
    full: '1',
  });
  expect(await shown).toEqual({ html: { text: '<b>run</b>' }, isOutcome: false });
});

test('a link that names an action does nothing: the form is shown', async () => {
  const shown = console.show({ view: 'job', job: 'sweep', action: 'pause' });
  expect(await answer('form')).toEqual({
    page: true,
    view: 'confirm',
    job: 'sweep',
    action: 'pause',
  });
  await shown;
});

test('an action is asked with who acts; what came of it is shown once, at its view', async () => {
  const acted = console.act({ view: 'job', job: 'sweep', action: 'pause', why: 'a deploy' });
  expect(await answer('paused')).toEqual({
    page: true,
    view: 'job',
    job: 'sweep',
    action: 'pause',
    why: 'a deploy',
    who: expect.stringMatching(/./),
  });
  const address = await acted;
  expect(address).not.toMatch(/paused|pause|deploy/);
  const there = Object.fromEntries(new URLSearchParams(address.slice(2)));
  expect(await console.show(there)).toEqual({ html: { text: 'paused' }, isOutcome: true });

  const again = console.show(there);
  await answer('the job');
  expect(await again).toEqual({ html: { text: 'the job' }, isOutcome: false });
});

test('what came of an action is shown on the page of the list that asked for it', async () => {
  const part = { view: 'jobs', find: 'sync', from: '50', worstFirst: '1' };
  const acted = console.act({ ...part, job: 'sweep', action: 'pause', why: 'a deploy' });
  await answer('paused');
  const there = Object.fromEntries(new URLSearchParams((await acted).slice(2)));
  expect(there).toEqual(part);
  expect(await textOf(console.show(there))).toBe('paused');
});

test('a view that there is none of is the function’s to refuse', async () => {
  const acted = console.act({ view: 'constructor', job: 'sweep', action: 'pause' });
  expect(await answer('no such view')).toMatchObject({ view: 'constructor' });
  expect(await acted).toBe('/?view=constructor');
});

test('nobody can act as somebody else, or as a widget', async () => {
  const acted = console.act({ job: 'sweep', action: 'run', who: 'the boss', page: '' });
  const event = await answer('');
  expect(event).toMatchObject({ page: true });
  expect(event?.who).not.toBe('the boss');
  await acted;
});

test('loads that come together share one render; one that comes later has a newer one', async () => {
  const first = console.show({});
  await turn();
  // The first is under way: these may have seen something change since, and share the next.
  const later = [console.show({}), console.show({}), console.show({ view: 'jobs' })];
  await turn();
  expect(asked).toHaveLength(1);
  await answer('old');
  expect(asked).toHaveLength(1);
  await answer('new');
  expect(asked).toHaveLength(0);
  expect(await textOf(first)).toBe('old');
  expect(await Promise.all(later.map(textOf))).toEqual(['new', 'new', 'new']);
});

test('other views wait for their turn', async () => {
  const jobs = console.show({});
  const job = console.show({ view: 'job', job: 'sweep' });
  await turn();
  expect(asked).toHaveLength(1);
  await answer('jobs');
  await answer('job');
  expect(await Promise.all([jobs, job].map(textOf))).toEqual(['jobs', 'job']);
});

test('a function that fails is one line, and the next load asks it anew', async () => {
  const failed = console.show({});
  await turn();
  asked.shift()?.answer({ error: { errorType: 'TypeError', errorMessage: '<b>' } });
  expect(await textOf(failed)).toBe('<p>The console failed: TypeError: &lt;b&gt;</p>');
  const next = console.show({});
  await answer('jobs');
  expect(await textOf(next)).toBe('jobs');
});

test('a stack without a console says so', async () => {
  const none = new Console(undefined, new OpenWork());
  expect(await textOf(none.show({}))).toBe('<p>The stack has no console function.</p>');
});

test('once closed it starts nothing', async () => {
  console.close();
  expect(await textOf(console.show({}))).toBe('<p>The local cloud has stopped.</p>');
  expect(asked).toEqual([]);
});
