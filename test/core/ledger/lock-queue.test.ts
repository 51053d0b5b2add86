import { expect, test } from 'vitest';
import { onEveryStore, T0, T1, T2 } from '../../support/every-store.ts';
import { NOW, partsOf } from './parts.ts';

onEveryStore('the lock’s queue', (bench) => {
  const { name, holder, claim, rowOf, place, lock, made } = partsOf(bench);

  const release = (token: string) => {
    const row = rowOf(holder(token));
    return bench.ledger.release({ lock: name(), holderKey: token, token, row, now: NOW });
  };

  test('of a lock that is held as it was seen', async () => {
    await made();
    expect(await bench.ledger.wait(place(T1), await lock())).toBe(true);
    expect((await lock()).waiting).toEqual({ [name()]: place(T1) });
  });

  test.each(['first', 'second'])(
    'not where one of its holders is gone (%s): nobody would call it for the room there is',
    async (gone) => {
      await made();
      await bench.ledger.acquire(claim(holder('second', { tick: T1 })));
      const seen = await lock();
      await release(gone);
      expect(await bench.ledger.wait(place(T2), seen)).toBe(false);
      expect((await lock()).waiting).toEqual({});
      expect(await bench.ledger.wait(place(T2), await lock())).toBe(true);
    },
  );

  test('nor where another took its room meanwhile, who may be gone any moment', async () => {
    await made();
    const seen = await lock();
    await release('first');
    await bench.ledger.acquire(claim(holder('second', { tick: T1 })));
    expect(await bench.ledger.wait(place(T2), seen)).toBe(false);
  });

  test('of a lock that is still full, whoever holds it, for a tick that never ran', async () => {
    await made();
    const seen = await lock();
    await release('first');
    expect(await bench.ledger.wait(place(T2), seen, undefined, 1)).toBe(false);
    await bench.ledger.acquire(claim(holder('second', { tick: T1 })));
    expect(await bench.ledger.wait(place(T0), seen, undefined, 1)).toBe(false);
    expect(await bench.ledger.wait(place(T1), seen, undefined, 1)).toBe(false);
    expect(await bench.ledger.wait(place(T2), seen, undefined, 1)).toBe(true);
  });

  test('behind somebody who still waits', async () => {
    await made();
    const other = place(T0, { job: 'other' });
    await bench.ledger.wait(other, await lock());
    const seen = await lock();
    expect(await bench.ledger.wait(place(T1), seen, other)).toBe(true);
    await bench.ledger.leave(name(), place(T1));
    await bench.ledger.leave(name(), other);
    expect(await bench.ledger.wait(place(T1), seen, other)).toBe(false);
  });

  test('whose places are free, or taken over from who was seen there', async () => {
    await made();
    const empty = await lock();
    await bench.ledger.wait(place(T1), empty);
    expect(await bench.ledger.wait(place(T2), empty)).toBe(false);
    const seen = await lock();
    expect(await bench.ledger.wait(place(T2), seen)).toBe(true);
    expect(await bench.ledger.wait(place(T2, { since: NOW + 1 }), seen)).toBe(false);
    expect((await lock()).waiting[name()]).toEqual(place(T2));
  });

  test('in which a job’s backlog has a place of its own', async () => {
    await made();
    const backlog = place(T0, { trigger: 'catch-up', rest: [T1] });
    await bench.ledger.wait(backlog, await lock());
    expect(await bench.ledger.wait(place(T2), await lock())).toBe(true);
    expect(Object.keys((await lock()).waiting).sort()).toEqual([name(), `${name()}:catch-up`]);
    const left = await bench.ledger.leave(name(), backlog);
    expect(left?.waiting[`${name()}:catch-up`]).toEqual({ ...backlog, tick: T1, rest: [] });
  });

  test('a second sending of the same wait is no refusal', async () => {
    await made();
    const seen = await lock();
    await bench.ledger.wait(place(T1), seen);
    expect(await bench.ledger.wait(place(T1), seen)).toBe(true);
  });

  test('leaving twice takes nobody else’s place', async () => {
    await made();
    await bench.ledger.wait(place(T1), await lock());
    await bench.ledger.leave(name(), place(T1));
    await bench.ledger.wait(place(T2), await lock());
    const left = await bench.ledger.leave(name(), place(T1));
    expect(left?.waiting[name()]?.tick).toBe(T2);
  });
});
