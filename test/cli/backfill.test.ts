import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cloud } from './cloud.ts';

const LIST = fileURLToPath(new URL('./acting/schedules.ts', import.meta.url));
const BIN = fileURLToPath(new URL('../../cli/punctual.js', import.meta.url));

let cloud: Cloud;
/** Of the functions. */
let logs: string;
beforeAll(async () => {
  cloud = await Cloud.open('2026-03-01T08:59:30Z', { list: LIST });
  const answer = await fetch(`${cloud.address}/cloud.json`);
  logs = ((await answer.json()) as { logs: string }).logs;
});
afterAll(() => cloud.close());

/** The ticks whose code ran, in the order in which they ended, as the functions themselves say. */
const ran = (job: string): string[] =>
  readFileSync(join(logs, `${job}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"message":"run '))
    .map((line) => JSON.parse(line))
    .filter(({ outcome }) => outcome.startedAt !== undefined)
    .map(({ outcome }) => outcome.tick);

test('runs the ticks that have no row, and no others', async () => {
  const time = ['--from', '2025-05-01T00:00Z', '--to', '2025-05-01T00:05Z'];
  const dry = await cloud.run('backfill', 'count', ...time, '--dry-run');
  expect(dry.stdout.trim().split('\n')).toEqual(
    [0, 1, 2, 3, 4].map((minute) => `2025-05-01T00:0${minute}Z`),
  );
  const first = await cloud.run('backfill', 'count', ...time, '--order', 'newest', '--json');
  expect(first.json()).toEqual({
    job: 'count',
    ticks: 5,
    planned: 5,
    ran: 5,
    ends: { succeeded: 5 },
  });
  expect(ran('count').map((tick) => tick.slice(14, 16))).toEqual(['04', '03', '02', '01', '00']);
  const wider = ['--from', '2025-04-30T23:58Z', '--to', '2025-05-01T00:05Z'];
  const second = await cloud.run('backfill', 'count', ...wider, '--rerun', 'all', '--json');
  expect(second.json()).toMatchObject({ ticks: 7, planned: 2, ran: 2 });
  expect(new Set(ran('count')).size).toBe(7);
  expect(ran('count')).toHaveLength(7);
});

test('runs again what failed where that is asked for, until the job pauses itself', async () => {
  // Two of the four fail, of which three in a row would pause it.
  const time = ['--from', '2025-05-01', '--to', '2025-05-02'];
  const first = await cloud.run('backfill', 'stumble', ...time);
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(/4 of 4 ticks .* ran: 2 failed, 2 succeeded/);
  const none = await cloud.run('backfill', 'stumble', ...time);
  expect(none).toMatchObject({ code: 0, stderr: expect.stringMatching(/^0 of 4 ticks/) });
  const again = await cloud.run('backfill', 'stumble', ...time, '--rerun', 'failed', '--json');
  expect(again).toMatchObject({ code: 0 });
  expect(again.json()).toMatchObject({ planned: 2, ends: { succeeded: 2 } });
  const mornings = ['--from', '2025-05-02', '--to', '2025-05-02T12:00Z'];
  await cloud.run('backfill', 'stumble', ...mornings);
  const more = ['--from', '2025-05-03', '--to', '2025-05-04'];
  const paused = await cloud.run('backfill', 'stumble', ...more);
  expect(paused.code).toBe(1);
  expect(paused.stderr).toMatch(/stumble is paused; resume it first; the same command takes it up/);
  const refused = await cloud.run('backfill', 'stumble', ...more);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/paused by breaker/) });
  // The tick that found it paused has a row that says so, and is run all the same.
  await cloud.run('resume', 'stumble');
  const taken = await cloud.run('backfill', 'stumble', ...more, '--dry-run');
  expect(taken.stdout).toMatch(/^2025-05-03T\d\d:00Z, attempt 2\n/);
  expect((await cloud.run('backfill', 'stumble', ...more)).code).toBe(0);
});

test('closes at once the run of a process that died, and goes on', async () => {
  const time = ['--from', '2025-05-01', '--to', '2025-05-02'];
  const answer = await cloud.run('backfill', 'crash', ...time, '--json');
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.json()).toMatchObject({ ran: 4, ends: { crashed: 2, succeeded: 2 } });
});

test('waits where another run of the job is in the way', async () => {
  await cloud.run('trigger', 'linger');
  const time = ['--from', '2025-05-01', '--to', '2025-05-02'];
  const filled = await cloud.run('backfill', 'linger', ...time, '--concurrency', '5');
  expect(filled.stderr).toContain('linger runs at most 1 at once');
  expect(filled.stdout).toMatch(/1 of 1 ticks .* ran: 1 succeeded/);
});

/** `PUNCTUAL_BACKFILL=10000` plays the whole of what is promised; it takes minutes. */
const MANY = Number(process.env.PUNCTUAL_BACKFILL ?? 300);

test('stopped with Ctrl-C half-way and taken up again, runs each tick once', {
  timeout: 120_000 + MANY * 100,
}, async () => {
  const from = Date.parse('2025-06-01T00:00Z');
  const to = new Date(from + MANY * 60_000).toISOString();
  const time = ['--from', '2025-06-01T00:00Z', '--to', to];
  const command = ['backfill', 'count', ...time, '--concurrency', '10', '--yes', '--json'];
  const started = Date.now();
  const first = begin(command);
  const june = () => ran('count').filter((tick) => tick >= '2025-06');
  await expect
    .poll(() => june().length, { timeout: MANY * 100 + 60_000, interval: 100 })
    .toBeGreaterThan(MANY / 2 - 10);
  first.interrupt();
  expect(await first.code).toBe(1);
  const stopped = JSON.parse(first.stdout());
  expect(stopped).toMatchObject({ planned: MANY, stopped: 'stopped' });
  expect(stopped.ends).toEqual({ succeeded: stopped.ran });
  expect(stopped.ran).toBeLessThan(MANY);
  expect(first.stderr()).toContain('the same command takes it up again');
  const second = await cloud.run(...command);
  expect(second.code).toBe(0);
  const left = MANY - stopped.ran;
  expect(second.json()).toMatchObject({ ticks: MANY, planned: left, ran: left });
  expect(june()).toHaveLength(MANY);
  expect(new Set(june()).size).toBe(MANY);
  const seconds = (Date.now() - started) / 1_000;
  console.log(
    `${MANY} ticks, ${stopped.ran} before Ctrl-C: ${(MANY / seconds).toFixed(0)} a second`,
  );
});

/** A verb whose process gets a signal. */
function begin(command: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...command, '--local', cloud.address]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return {
    /** Twice at once, as npx does. */
    interrupt() {
      child.kill('SIGINT');
      child.kill('SIGINT');
    },
    code: new Promise((resolve) => child.once('close', resolve)),
    stdout: () => stdout,
    stderr: () => stderr,
  };
}
