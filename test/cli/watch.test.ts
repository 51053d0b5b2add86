import { expect, test } from 'vitest';
import { Cloud } from './cloud.ts';
import { Piped } from './piped.ts';

test('a line a change; a cloud that goes away and comes back is watched on', async () => {
  let cloud = await Cloud.open('2026-03-01T08:10Z');
  await cloud.playTo('2026-03-01T08:15:00Z');
  const port = Number(new URL(cloud.address).port);
  const watch = new Piped('watch', '--every', '1s', '--local', cloud.address);

  await watch.says(/watching 4 jobs/);
  await cloud.run('pause', 'import-invoices', '--reason', 'audit');
  await watch.says(/import-invoices {2}paused/);
  expect(watch.text).not.toContain('succeeded'); // what was before is no change
  await cloud.run(
    ...['schedule', 'add', 'send-reminders', 'acme', '--at', '2026-03-01T08:18'],
    ...['--payload', '{"most": 2}'],
  );
  await cloud.playTo('2026-03-01T08:21:00Z');
  await watch.says(/08:20:\d\d {2}send-reminders {2}2026-03-01T08:20Z {2}succeeded/);
  await watch.says(/send-reminders@acme {2}2026-03-01T08:18Z {2}succeeded/);

  await cloud.close();
  await watch.says(/trying again/);
  cloud = await Cloud.open('2026-04-01T08:00Z', { port });
  await watch.says(/the cloud answers again/);
  await cloud.playTo('2026-04-01T08:01:00Z');
  await watch.says(/2026-04-01 08:00:\d\d {2}send-reminders .* succeeded/);

  watch.interrupt();
  expect(await watch.ended).toEqual([0, null]);
  await cloud.close();
});

test('logs --follow goes on with what comes', async () => {
  const cloud = await Cloud.open('2026-03-01T08:10Z');
  await cloud.playTo('2026-03-01T08:15:00Z');
  const logs = new Piped('logs', 'send-reminders', '--follow', '--local', cloud.address);
  await logs.says(/08:10:\d\d\.\d{3} INFO {2}reminding {2}\{"most":5\}\n/);
  await cloud.playTo('2026-03-01T08:21:00Z');
  await logs.says(/08:20:\d\d\.\d{3} INFO {2}reminding/);
  logs.interrupt();
  expect(await logs.ended).toEqual([0, null]);
  expect(logs.text.match(/reminding/g)).toHaveLength(2);

  const { code, stdout } = await cloud.run('health');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^punctual-dev is healthy\n4 jobs, 0 running; last sweep \d+ min/);
  await cloud.close();
});
