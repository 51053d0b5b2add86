import { expect, test } from 'vitest';
import type { Pause } from '../../../core/ledger/ledger.ts';
import { tickOf } from '../../../core/run/tick.ts';
import { MINUTE } from '../../support/deliveries.ts';
import { onEveryStore, T0, T1 } from '../../support/every-store.ts';
import { NOW, partsOf } from './parts.ts';

const HOUR = 3_600_000;

onEveryStore('a job is paused', (bench) => {
  const { name, holder, claim, rowOf, lock } = partsOf(bench);

  const breaker: Pause = { by: 'breaker', why: '2 runs failed', since: T0 };
  const pause = (more: Partial<Pause> = {}, failures = 2) =>
    bench.ledger.pause(name(), name(), { ...breaker, ...more }, failures);
  let failed = 0;
  const fail = (job = name()) => {
    const tick = tickOf(NOW + ++failed * MINUTE);
    return bench.ledger.countFailure(name(), rowOf(holder('lost', { job, tick })), NOW);
  };

  test('once it failed so often, by one of those who would', async () => {
    await fail();
    expect(await pause()).toBe(false);
    await fail();
    expect(await pause()).toBe(true);
    expect(await pause()).toBe(true); // a second sending of the same
    expect(await pause({ why: '3 runs failed' })).toBe(false);
    expect(await pause({ since: T1 })).toBe(false);
    expect((await lock()).paused).toEqual({ [name()]: { ...breaker, probeAt: NOW + HOUR } });
  });

  test('and passed by one probe', async () => {
    await fail();
    await pause({}, 1);
    const seen = await lock();
    const passes = seen.paused[name()];
    const how = { displaced: [], ...(passes && { passes }) };
    const probe = (token: string) =>
      bench.ledger.takeOver(claim(holder(token), { now: NOW + HOUR }), seen, how);
    expect(await probe('first')).toMatchObject({ granted: true });
    expect((await lock()).paused[name()]).toEqual({ ...breaker, probeAt: NOW + 2 * HOUR });
    expect(await probe('second')).toMatchObject({ granted: false });
  });

  test('and passed by none that saw another pause', async () => {
    await fail();
    await pause({ since: T1, probeAt: NOW }, 1);
    const passes = { ...breaker, probeAt: NOW };
    const how = { displaced: [], passes };
    const asked = claim(holder('first'));
    expect(await bench.ledger.takeOver(asked, await lock(), how)).toMatchObject({
      granted: false,
    });
  });

  test('and put off its probe by one that died before it could hold the lock', async () => {
    await fail();
    await pause({}, 1);
    const passes = (await lock()).paused[name()];
    const lost = rowOf(holder('probe', { tick: T1 }));
    await bench.ledger.countFailure(name(), lost, NOW + HOUR, passes);
    expect(await lock()).toMatchObject({
      failures: { [name()]: 2 },
      paused: { [name()]: { ...breaker, probeAt: NOW + 2 * HOUR } },
    });
  });

  test('until a time, after which the pause goes', async () => {
    await fail();
    await pause({ by: 'ada', until: T1, probeAt: undefined }, 1);
    const seen = await lock();
    const passes = seen.paused[name()];
    const how = { displaced: [], ...(passes && { passes }) };
    expect(await bench.ledger.takeOver(claim(holder('first')), seen, how)).toMatchObject({
      granted: true,
    });
    expect((await lock()).paused).toEqual({});
  });

  test('and resumed, where it is the breaker’s', async () => {
    await fail();
    expect(await bench.ledger.resume(name(), name())).toBe(false);
    await pause({ by: 'ada' }, 1);
    expect(await bench.ledger.resume(name(), name())).toBe(false);
    const other = bench.job.job;
    await fail('other');
    await bench.ledger.pause(other, 'other', breaker, 1);
    expect(await bench.ledger.resume(other, 'other')).toBe(true);
    expect(await bench.ledger.resume(other, 'other')).toBe(false);
    expect(Object.keys((await lock()).paused)).toEqual([name()]);
  });
});
