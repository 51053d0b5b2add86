import type { Claim, Holder, Lock, TakeOver } from '../../../core/ledger/ledger.ts';
import type { Waiting } from '../../../core/ledger/waiting.ts';
import type { Run } from '../../../core/run/states.ts';
import { type Bench, T0 } from '../../support/every-store.ts';

export const NOW = Date.parse(T0);

export const nothing: TakeOver = { displaced: [] };

/** What the requests of a ledger are made of, for the job and the lock of a test. */
export function partsOf(bench: Bench) {
  const name = () => bench.job.job;
  const holder = (token: string, more: Partial<Holder> = {}): Holder => ({
    job: name(),
    tick: T0,
    token,
    attempt: 1,
    trigger: 'schedule',
    startedAt: '2026-03-01T00:00:00.000Z',
    leaseExpiresAt: NOW + 305_000,
    requestId: 'r1',
    instanceId: 'i1',
    ...more,
  });
  const claim = (held: Holder, more: Partial<Claim> = {}): Claim => ({
    lock: name(),
    holderKey: held.token,
    holder: held,
    room: 9,
    yields: false,
    now: NOW,
    ...more,
  });
  const rowOf = ({ job, tick, token, attempt }: Holder, more: Partial<Run> = {}): Run => ({
    job,
    tick,
    token,
    attempt,
    status: 'failed',
    fence: NOW,
    trigger: 'schedule',
    finishedAt: '2026-03-01T00:00:01.000Z',
    ...more,
  });
  const place = (tick: string, more: Partial<Waiting> = {}): Waiting => ({
    job: name(),
    tick,
    attempt: 1,
    trigger: 'schedule',
    priority: 0,
    concurrency: 1,
    since: NOW,
    ...more,
  });
  const lock = async () => (await bench.ledger.readLock(name())) as Lock;
  const made = () => bench.ledger.create(claim(holder('first')));
  return { name, holder, claim, rowOf, place, lock, made };
}
