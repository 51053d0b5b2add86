import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eachOf } from '../../cli/each.ts';
import { Out } from '../../cli/out.ts';
import { StoreError } from '../../core/ledger/errors.ts';
import { Refused } from '../../core/operations/actions.ts';
import { Cloud } from './cloud.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const LIST = fileURLToPath(new URL('./acting/schedules.ts', import.meta.url));

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.open('2026-03-01T08:59:30Z', { list: LIST });
  await cloud.playTo('2026-03-01T09:21:00Z');
});
afterAll(() => cloud.close());

/** What the answer of a run with `--wait --json` says. */
const row = async (...args: string[]) => (await cloud.run(...args, '--json')).json<object>();

describe('trigger', () => {
  test('asks for a run, with a tick of its own', async () => {
    const answer = await cloud.run('trigger', 'greet', '--json');
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    const { tick } = answer.json<{ tick: string }>();
    expect(tick).toMatch(/^2026-03-01T09:2\d:\d\dZ$/);
    await cloud.settled();
    expect((await cloud.run('show', 'greet', tick)).stdout).toContain('manual');
  });

  test('follows it to its end with --wait, and says what came of it', async () => {
    const answer = await cloud.run('trigger', 'greet', '--wait');
    expect(answer.code).toBe(0);
    expect(answer.stdout).toMatch(
      /^greet 2026-03-01T09:2\d:\d\dZ succeeded in \d+ ms, attempt 1\n\{"said":"hello"\}\n$/,
    );
    expect(answer.stderr).toMatch(/^asked for a run of greet/);
  });

  test('is a run of its own for each who asks, also within a second', async () => {
    const ask = async () =>
      (await cloud.run('trigger', 'count', '--json')).json<{ tick: string }>();
    const ticks = [await ask(), await ask(), await ask()].map(({ tick }) => tick);
    expect(new Set(ticks).size).toBe(3);
  });

  test('calls it with a payload of its own, which a retry gets, too', async () => {
    const payload = JSON.stringify({ word: 'ahoy', fail: true });
    const answer = await cloud.run('trigger', 'greet', '--wait', '--payload', payload, '--json');
    expect(answer.code).toBe(1);
    const run = answer.json<{ tick: string }>();
    expect(run).toMatchObject({ status: 'failed', payload, error: { name: 'Error' } });
    expect(await row('retry', 'greet', run.tick, '--wait')).toMatchObject({
      attempt: 2,
      status: 'failed',
      error: { message: 'ahoy did not come out' },
    });
  });

  test('calls it with null where that is its payload', async () => {
    const run = await row('trigger', 'greet', '--wait', '--payload', 'null');
    expect(run).toMatchObject({ status: 'failed', payload: 'null', error: { name: 'TypeError' } });
  });

  test.each([
    [['trigger', 'greet', '--payload', '{'], 2, /is no JSON/],
    [['trigger', 'greet', '--payload', JSON.stringify('x'.repeat(20_000))], 1, /may have 16384/],
    [['trigger', 'gret'], 2, /there is no job 'gret'; perhaps 'greet'/],
    [['retry', 'greet', 'soon'], 2, /'soon' is no tick; write a time/],
    [['retry', 'greet', '2026-03-01T09:10Z'], 1, /has succeeded, and a tick succeeds once/],
    [['retry', 'greet', '2026-03-01T09:11Z'], 1, /has no run 2026-03-01T09:11Z/],
    [['pause', 'greet'], 2, /--reason/],
    [['pause', 'greet', '--reason', ' '], 2, /--reason.*Write why/],
    [['pause', '--reason', 'x'], 2, /which job\? name it, or say --all/],
    [['pause', 'greet', '--all', '--reason', 'x'], 2, /not both/],
    [['pause', '--all', '--reason', 'x'], 2, /no job of punctual-dev will run .* add --yes/],
    [['pause', 'greet', '--reason', 'x', '--until', 'soon'], 2, /a length, such as 90m/],
    [['pause', 'greet', '--reason', 'x', '--until', '2026-01-01'], 1, /is past/],
    [['resume', 'greet'], 1, /greet is not paused/],
    [['unlock', 'greet'], 1, /nobody holds the lock of greet/],
    [['unlock', 'greet', '--force'], 2, /may work beside it.* add --yes/],
    [['prune', '--older-than', '1d', '--yes'], 2, /at least 2 days/],
    [['prune', '--older-than', '3d'], 2, /gone for good; if so, add --yes/],
    [['prune', '--older-than', '3d', '--job', 'gret', '--dry-run'], 2, /perhaps 'greet'/],
    [['backfill', 'count', '--from', '2027-01-01', '--to', '2027-01-02'], 2, /and past/],
    [['backfill', 'count', '--from', '2025-01-01', '--to', '2025-01-02'], 2, /1440 ticks .* --yes/],
    [['backfill', 'count', '--from', '2025-01-01', '--to', '2026-01-01'], 1, /shorter span/],
  ] as const)('%j is refused in one line', async (args, code, why) => {
    const answer = await cloud.run(...args);
    expect(answer.stderr).toMatch(why);
    expect(answer.stderr.trim().split('\n')).toHaveLength(1);
    expect(answer).toMatchObject({ code, stdout: '' });
  });
});

describe('pause and resume', () => {
  test('of one job', async () => {
    const paused = await cloud.run('pause', 'greet', '--reason', 'an audit', '--until', '2h');
    expect(paused).toMatchObject({ code: 0, stderr: '' });
    expect(paused.stdout).toMatch(/^greet is paused until 2026-03-01T11:2/);
    expect(await row('trigger', 'greet', '--wait')).toMatchObject({
      status: 'skipped',
      reason: 'paused',
    });
    const again = await cloud.run('pause', 'greet', '--reason', 'another');
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/paused already.*audit/),
    });
    expect(await cloud.run('resume', 'greet')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^greet runs again/),
    });
  });

  test('of all jobs', async () => {
    const paused = await cloud.run('pause', '--all', '--reason', 'a move', '--yes', '--json');
    expect(paused.json()).toMatchObject({
      action: 'pause',
      done: ['greet', 'count', 'stumble', 'crash', 'linger'].map((job) => ({ job })),
      refused: [],
    });
    expect((await cloud.run('resume', '--all')).stdout.trim().split('\n')).toHaveLength(5);
    expect(await cloud.run('resume', '--all')).toMatchObject({
      code: 0,
      stdout: 'there was nothing to do\n',
    });
  });
});

test('of several jobs one that refuses or fails does not keep the others from it', async () => {
  const out = new Out();
  const answer = vi.spyOn(out, 'answer').mockReturnValue();
  const note = vi.spyOn(out, 'note').mockReturnValue();
  const code = await eachOf(['a', 'b', 'c'], 'pause', out, async (job) => {
    if (job === 'a') throw new StoreError('unavailable', 'acquire: no answer');
    if (job === 'b') throw new Refused('b is paused already');
    return `${job} is paused`;
  });
  expect(code).toBe(1);
  expect(answer.mock.calls[0]?.[0]).toEqual({
    action: 'pause',
    done: [{ job: 'c', outcome: 'c is paused' }],
    refused: [
      { job: 'a', why: 'a: acquire: no answer' },
      { job: 'b', why: 'b is paused already' },
    ],
  });
  expect(note.mock.calls).toEqual([['a: acquire: no answer'], ['b is paused already']]);
});

describe('unlock', () => {
  test('refuses a living holder; forced, it closes its run', async () => {
    await cloud.run('trigger', 'linger', '--payload', '{"seconds":20}');
    await expect
      .poll(async () => (await cloud.run('unlock', 'linger')).stderr, { timeout: 20_000 })
      .toMatch(/linger is running, and its lease ends at .*; wait for that/);
    const forced = await cloud.run('unlock', 'linger', '--force', '--yes', '--reason', 'stuck');
    expect(forced).toMatchObject({
      code: 0,
      stdout: 'freed the lock of linger from 1 holder(s)\n',
    });
    expect((await cloud.run('runs', 'linger')).stdout).toContain('crashed');
  });
});

test('reset forgets the failures', async () => {
  await cloud.run('trigger', 'greet', '--wait', '--payload', '{"word":"x","fail":true}');
  expect((await cloud.run('reset', 'greet')).stdout).toMatch(/^forgot \d failure\(s\) in a row/);
  expect(await cloud.run('reset', 'greet')).toMatchObject({
    code: 1,
    stderr: 'greet has no failures that count\n',
  });
});

describe.runIf(hasTerminal)('on a terminal', () => {
  const pauseAll = ['pause', '--all', '--reason', 'x'];

  test('what is dangerous is asked about; Enter alone is no', async () => {
    const terminal = new Terminal([...pauseAll, '--local', cloud.address]);
    await terminal.shows('Go on?');
    terminal.press('\r');
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen).toContain('nothing was done');
  });

  test('yes is yes', async () => {
    const terminal = new Terminal([...pauseAll, '--local', cloud.address]);
    await terminal.shows('Go on?');
    terminal.press('y\r');
    expect(await terminal.ended).toBe(0);
    expect((await cloud.run('resume', '--all')).stdout.trim().split('\n')).toHaveLength(5);
  });

  test('Ctrl-C at the question does nothing, in one line', async () => {
    const terminal = new Terminal([...pauseAll, '--local', cloud.address]);
    await terminal.shows('Go on?');
    terminal.press('\u0003');
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen).toContain('nothing was done');
    expect(terminal.screen).not.toContain(' at ');
  });

  test('a backfill has a bar, no wider than the terminal', async () => {
    const time = ['--from', '2025-05-01T00:00Z', '--to', '2025-05-01T00:20Z'];
    const terminal = new Terminal(['backfill', 'count', ...time, '--local', cloud.address]);
    expect(await terminal.ended).toBe(0);
    // It goes back to the first column to write itself anew.
    const written = terminal.screen
      .split('\u001b[1G')
      .join('\n')
      .split(/[\r\n]+/);
    const lines = written.map(stripVTControlCharacters);
    expect(lines.filter((line) => line.includes('20/20'))).not.toEqual([]);
    for (const line of lines.filter((one) => one.includes('/20')))
      expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });
});

test('each of them is in the audit, with who and why', async () => {
  const pageOf = (job: string) =>
    fetch(`${cloud.address}/?view=job&job=${job}`).then((answer) => answer.text());
  const text = (await pageOf('greet')) + (await pageOf('linger'));
  const words = ['an audit', 'a move', 'stuck', userInfo().username];
  const deeds = ['Run now', 'Try again', 'Pause', 'Resume', 'Unlock', 'Forget failures'];
  expect([...words, ...deeds].filter((one) => !text.includes(one))).toEqual([]);
});
