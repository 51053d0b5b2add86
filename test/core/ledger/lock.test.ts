import { describe, expect, test } from 'vitest';
import type { Holder } from '../../../core/ledger/ledger.ts';
import type { Run } from '../../../core/run/states.ts';
import { onEveryStore, T0, T1, T2 } from '../../support/every-store.ts';
import { NOW, nothing, partsOf } from './parts.ts';

onEveryStore('the lock', (bench) => {
  const { name, holder, claim, rowOf, place, lock, made } = partsOf(bench);

  describe('is had', () => {
    test('by so many as there is room for', async () => {
      await made();
      const second = claim(holder('second', { tick: T1 }), { room: 2 });
      expect(await bench.ledger.acquire(second)).toEqual({ granted: true, fence: NOW + 1 });
      const third = claim(holder('third', { tick: T2 }), { room: 2 });
      expect(await bench.ledger.acquire(third)).toMatchObject({ granted: false });
      expect(Object.keys((await lock()).holders).sort()).toEqual(['first', 'second']);
    });

    test('by who yields only where nobody waits', async () => {
      await made();
      await bench.ledger.wait(place(T1), await lock());
      const next = holder('second', { tick: T2 });
      expect(await bench.ledger.acquire(claim(next, { yields: true }))).toMatchObject({
        granted: false,
      });
      expect(await bench.ledger.acquire(claim(next))).toMatchObject({ granted: true });
    });
  });

  describe('is taken over', () => {
    test('with the dead taken out, counted, and remembered by the newest', async () => {
      await made();
      await bench.ledger.acquire(claim(holder('second', { tick: T1 })));
      const seen = await lock();
      const displaced = Object.entries(seen.holders).map(([holderKey, holder]) => ({
        holderKey,
        holder,
        row: rowOf(holder, { status: 'crashed' }),
      }));
      const next = claim(holder('third', { tick: T2 }));
      expect(await bench.ledger.takeOver(next, seen, { displaced })).toEqual({
        granted: true,
        fence: NOW + 2,
      });
      expect(await lock()).toMatchObject({
        fence: NOW + 2,
        last: { [name()]: { tick: T1, status: 'crashed', attempt: 1 } },
        failures: { [name()]: 2 },
        watermarks: { [name()]: T2 },
      });
      expect(Object.keys((await lock()).holders)).toEqual(['third']);
      expect(Object.keys((await lock()).fences)).toEqual(['third']);
    });

    test('by whoever has the key of the dead', async () => {
      await bench.ledger.create(claim(holder('first'), { holderKey: name() }));
      const seen = await lock();
      const dead = holder('first');
      const displaced = [{ holderKey: name(), holder: dead, row: rowOf(dead) }];
      const next = claim(holder('second', { tick: T1 }), { holderKey: name() });
      expect(await bench.ledger.takeOver(next, seen, { displaced })).toMatchObject({
        granted: true,
      });
      expect((await lock()).holders).toMatchObject({ [name()]: { token: 'second' } });
    });

    test.each([
      ['a run that will be tried again has not failed', { retryAt: T1 }, undefined],
      ['a skip is no failure', { status: 'skipped' }, undefined],
      ['a success ends the row of failures', { status: 'succeeded' }, 0],
    ] as const)('%s', async (_, row, failures) => {
      await made();
      const seen = await lock();
      const first = holder('first');
      const displaced = [{ holderKey: 'first', holder: first, row: rowOf(first, row) }];
      await bench.ledger.takeOver(claim(holder('second', { tick: T1 })), seen, { displaced });
      expect((await lock()).failures[name()]).toBe(failures);
    });

    test('not where one of the dead has released meanwhile: it would be counted twice', async () => {
      await made();
      const seen = await lock();
      const first = holder('first');
      const row = rowOf(first);
      const release = { lock: name(), holderKey: 'first', token: 'first', row, now: NOW };
      await bench.ledger.release(release);
      const how = { displaced: [{ holderKey: 'first', holder: first, row }] };
      const next = claim(holder('second', { tick: T1 }));
      expect(await bench.ledger.takeOver(next, seen, how)).toMatchObject({ granted: false });
      expect((await lock()).failures[name()]).toBe(1);
    });

    test('using up a place in the queue, which goes to the next of a backlog', async () => {
      await made();
      const queued = place(T1, { trigger: 'catch-up', rest: [T2] });
      await bench.ledger.wait(queued, await lock());
      const take = async (token: string, tick: string) => {
        const seen = await lock();
        const [place] = Object.values(seen.waiting);
        const asked = claim(holder(token, { tick }));
        return bench.ledger.takeOver(asked, seen, {
          displaced: [],
          ...(place && { queued: place }),
        });
      };
      await take('second', T1);
      expect((await lock()).waiting).toEqual({
        [`${name()}:catch-up`]: { ...queued, tick: T2, rest: [] },
      });
      await take('third', T2);
      expect((await lock()).waiting).toEqual({});
    });

    test('not with a place that another has used up', async () => {
      await made();
      await bench.ledger.wait(place(T1), await lock());
      const seen = await lock();
      await bench.ledger.leave(name(), place(T1));
      const how = { displaced: [], queued: place(T1) };
      const next = claim(holder('second', { tick: T1 }));
      expect(await bench.ledger.takeOver(next, seen, how)).toMatchObject({ granted: false });
    });

    test('not where a pause came since', async () => {
      await made();
      const seen = await lock();
      await bench.job.pauses();
      const next = claim(holder('second', { tick: T1 }));
      expect(await bench.ledger.takeOver(next, seen, nothing)).toMatchObject({ granted: false });
    });
  });

  describe('gives its release', () => {
    test('the lock as it is then, with the run counted', async () => {
      await made();
      const row = rowOf(holder('first'));
      const release = { lock: name(), holderKey: 'first', token: 'first', row, now: NOW };
      const answer = await bench.ledger.release(release);
      expect(answer).toMatchObject({ holders: {}, fences: {}, failures: { [name()]: 1 } });
      expect(answer).toEqual(await lock());
    });

    test('also where it was refused', async () => {
      await made();
      const row = rowOf(holder('other'));
      const release = { lock: name(), holderKey: 'first', token: 'other', row, now: NOW };
      const answer = await bench.ledger.release(release);
      expect(answer?.holders).toMatchObject({ first: { token: 'first' } });
      expect(answer?.failures).toEqual({});
    });
  });

  test('counts a failure of a job that never held it, and is made for it', async () => {
    const count = (more: Partial<Holder>) =>
      bench.ledger.countFailure(name(), rowOf(holder('lost', more)), NOW);
    const first = await count({ tick: T0 });
    expect(first).toMatchObject({ fence: NOW, holders: {}, failures: { [name()]: 1 } });
    expect(first.last).toEqual({ [name()]: { tick: T0, status: 'failed', attempt: 1 } });
    expect(first).toEqual(await lock());
    expect(await count({ tick: T0 })).toEqual(first);
    expect((await count({ tick: T0, attempt: 2 })).failures[name()]).toBe(2);
    expect((await count({ tick: T1 })).failures[name()]).toBe(3);
    expect((await count({ tick: T1 })).failures[name()]).toBe(3);
    expect((await bench.ledger.acquire(claim(holder('first', { tick: T2 })))).granted).toBe(true);
  });
});

onEveryStore('a row', (bench) => {
  const { holder, rowOf } = partsOf(bench);

  test('is replaced by a later attempt, and by a higher fence of the same', async () => {
    const record = async (more: Partial<Run>) => {
      const row = rowOf(holder('any'), { status: 'missed', ...more });
      return (await bench.ledger.record(row, NOW)).written;
    };
    expect(await record({ fence: 1, attempt: 1 })).toBe(true);
    expect(await record({ fence: 1, attempt: 1 })).toBe(false);
    expect(await record({ fence: 2, attempt: 1 })).toBe(true);
    // Of another lock, to which its job has moved.
    expect(await record({ fence: 1, attempt: 2 })).toBe(true);
    expect(await record({ fence: 3, attempt: 1 })).toBe(false);
    expect(await record({ fence: 2, attempt: 2, status: 'succeeded' })).toBe(true);
    expect(await record({ fence: 3, attempt: 3 })).toBe(false);
  });
});
