import { closest, distance } from 'fastest-levenshtein';
import { BREAKER, type Ledger, type Pause } from '../ledger/ledger.ts';
import type { OperationsStore } from '../ledger/operations-store.ts';
import type { Dispatcher } from '../run/dispatcher.ts';
import { followUp, type Turn } from '../run/follow-up.ts';
import { free } from '../run/free.ts';
import type { Deployed } from '../run/limits.ts';
import type { Log } from '../run/log.ts';
import { largestOwnPayload, payloadOf } from '../run/payload.ts';
import { isDead } from '../run/seal.ts';
import type { Run } from '../run/states.ts';
import { Steps } from '../run/steps.ts';
import { manualTick, type Tick } from '../run/tick.ts';
import type { Action } from './note.ts';

/** What somebody asks for. */
export interface ActionRequest {
  action: Action;
  job: string;
  /** Which run to try again; of a run now, what it is to be called: a tick of its own, with seconds. */
  tick?: Tick;
  /** What a run now is called with. Default: what the list says. */
  payload?: unknown;
  /** When a pause ends by itself, ISO 8601. Default: when somebody ends it. */
  until?: string;
  /** Which holder to free, by its key. Default: all whose lease has run out. */
  holder?: string;
  /** Frees also a holder that lives: its run goes on, and another may start beside it. */
  force?: boolean;
}

/** Who asks for it. */
export interface Actor {
  by: string;
  via: 'console' | 'cli';
  why?: string;
  requestId?: string;
}

export interface ActionContext {
  store: OperationsStore;
  ledger: Ledger;
  dispatcher: Dispatcher;
  /** Milliseconds since 1970. */
  clock(): number;
  /** Makes an id nobody else has. */
  newId(): string;
  log: Log;
  /** Told of each row that was closed. */
  closed(row: Run): void;
  turned(turn: Turn): void;
}

/** What was asked for can not be done; one line: what, why, and the mend. Nothing was changed. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * Does what a person asks for, and writes down who did it, why, and what came of it: a row, and a line of
 * the log. The note comes last: one of what was not done would be worse than none of what was.
 *
 * @param jobs of the list
 * @returns what came of it, in one line
 * @throws Refused where it can not be done
 * @throws StoreError, DispatchError where it may have been done, and should be asked for again
 */
export async function perform(
  request: ActionRequest,
  jobs: readonly Deployed[],
  actor: Actor,
  context: ActionContext,
): Promise<string> {
  const job = jobNamed(request.job, jobs);
  // Its pauses are let pass by probes, and ended by a success.
  if (actor.by === BREAKER) throw new Refused(`nobody is called '${BREAKER}': it pauses by itself`);
  const { outcome, tick } = await DOES[request.action](job, request, actor, context);
  const at = new Date(context.clock()).toISOString();
  const note = {
    ...actor,
    id: context.newId(),
    at,
    what: request.action,
    job: job.name,
    tick,
    outcome,
  };
  context.log.info(`action: ${job.name} ${request.action}`, { note });
  await context.store.addNote(note);
  return outcome;
}

/** @throws Refused that names the nearest */
export function jobNamed(name: string, jobs: readonly Deployed[]): Deployed {
  const job = jobs.find((one) => one.name === name);
  if (job) return job;
  const names = jobs.map((one) => one.name);
  const near = names.length > 0 ? closest(name, names) : '';
  const isNear = distance(name, near) <= Math.max(name.length, near.length) / 2;
  throw new Refused(`there is no job '${name}'${isNear ? `; perhaps '${near}'` : ''}`);
}

interface Done {
  /** In one line. */
  outcome: string;
  /** Of the run it was about. */
  tick?: Tick;
}

type Does = (
  job: Deployed,
  request: ActionRequest,
  actor: Actor,
  context: ActionContext,
) => Promise<Done>;

const DOES: Record<Action, Does> = { run: runNow, retry, pause, resume, unlock, reset };

/** Runs the job now, under a tick of its own. It obeys the lock, a pause and the overlap, as any other. */
async function runNow(
  { name, payload: listed, limits }: Deployed,
  { tick: asked, payload: own }: ActionRequest,
  _: Actor,
  { clock, dispatcher, store, newId }: ActionContext,
): Promise<Done> {
  const tick = asked ?? manualTick(clock());
  const size = own === undefined ? 0 : Buffer.byteLength(JSON.stringify(own));
  const most = largestOwnPayload(limits);
  if (size > most)
    throw new Refused(
      `the payload has ${size} bytes, and may have ${most}, since it is kept for the run's retries; store it somewhere, and send where it is`,
    );
  // Two clicks in one second are one wish; who wants two runs asks with ticks of their own.
  if (!asked && !(await store.reserve(name, tick, newId(), clock())))
    throw new Refused(`somebody has asked for a run of ${name} in this very second: ${tick}`);
  const payload = own === undefined ? listed : own;
  const ownPayload = own !== undefined;
  const event = { job: name, scheduledTime: tick, trigger: 'manual' as const, attempt: 1 };
  await dispatcher.now({ ...event, payload, ownPayload });
  return { outcome: `asked for a run of ${name}: its row will be ${tick}`, tick };
}

/** Runs a tick again that did not succeed. */
async function retry(
  { name, payload }: Deployed,
  { tick }: ActionRequest,
  _: Actor,
  { ledger, dispatcher }: ActionContext,
): Promise<Done> {
  if (tick === undefined) throw new Refused('which run? name its tick, such as 2026-03-01T09:00Z');
  const row = await ledger.readRun(name, tick);
  if (!row) throw new Refused(`${name} has no run ${tick}; look at its runs for the right tick`);
  if (row.status === 'succeeded')
    throw new Refused(
      `${name} ${tick} has succeeded, and a tick succeeds once; run the job now instead`,
    );
  const attempt = row.attempt + 1;
  const event = { job: name, scheduledTime: tick, trigger: 'retry' as const, attempt };
  await dispatcher.now({ ...event, ...payloadOf(row, payload) });
  return { outcome: `asked for attempt ${attempt} of ${name} ${tick}`, tick };
}

async function pause(
  { name, limits }: Deployed,
  { until }: ActionRequest,
  { by, why }: Actor,
  { store, clock }: ActionContext,
): Promise<Done> {
  const now = clock();
  const end = until === undefined ? undefined : endOf(until, now);
  const made: Pause = {
    by,
    why: why ?? 'no reason given',
    since: new Date(now).toISOString(),
    ...(end && { until: end }),
  };
  const inForce = await store.pause(limits.lock, name, made, now);
  if (inForce.since !== made.since || inForce.by !== made.by)
    throw new Refused(
      `${name} is paused already, by ${inForce.by} since ${inForce.since}: ${inForce.why}; resume it first`,
    );
  return { outcome: `${name} is paused ${end ? `until ${end}` : 'until somebody resumes it'}` };
}

function endOf(until: string, now: number): string {
  const time = Date.parse(until);
  if (Number.isNaN(time))
    throw new Refused(`'${until}' is no time; write ISO 8601, such as 2026-03-01T09:00Z`);
  if (time <= now) throw new Refused(`'${until}' is past; a pause ends in the future`);
  return new Date(time).toISOString();
}

async function resume(
  { name, limits }: Deployed,
  _: ActionRequest,
  __: Actor,
  { store, ledger }: ActionContext,
): Promise<Done> {
  const seen = (await ledger.readLock(limits.lock))?.paused[name];
  if (!seen) throw new Refused(`${name} is not paused`);
  if (!(await store.resume(limits.lock, name, seen))) {
    // A first sending of this very request may have been applied, and its answer lost.
    const now = (await ledger.readLock(limits.lock))?.paused[name];
    if (now) throw new Refused(`${name} was paused anew, by ${now.by} since ${now.since}`);
  }
  return { outcome: `${name} runs again; it was paused by ${seen.by} since ${seen.since}` };
}

/** Frees the lock of dead holders at once, as the sweeper does within five minutes of their lease. */
async function unlock(
  { name, limits, payload }: Deployed,
  { holder: wanted, force = false }: ActionRequest,
  { by }: Actor,
  context: ActionContext,
): Promise<Done> {
  const { ledger, clock } = context;
  const lock = await ledger.readLock(limits.lock);
  const held = Object.entries(lock?.holders ?? {}).filter(
    ([key, { job }]) => job === name && (wanted === undefined || key === wanted),
  );
  if (!lock || held.length === 0) throw new Refused(`nobody holds the lock of ${name}`);
  const dead = held.filter(([, holder]) => force || isDead(holder, clock()));
  if (dead.length === 0) {
    const until = new Date(Math.min(...held.map(([, { leaseExpiresAt }]) => leaseExpiresAt)));
    throw new Refused(
      `${name} is running, and its lease ends at ${until.toISOString()}; wait for that: freed now, it could run twice at once`,
    );
  }
  const steps = new Steps();
  for (const [key, holder] of dead) {
    const error = { name: 'Unlocked', message: `its lock was taken away by ${by}` };
    const death = { status: 'crashed', error } as const;
    const { row, after } = await free(lock, key, holder, context, death);
    await steps.take(() => followUp(row, payload, after, limits, context));
  }
  const [, first] = dead[0] ?? [];
  // It is done, and must be written down; what is to follow is promised in the row, and the sweeper keeps that.
  const left = steps.isDone ? '' : '; what follows comes with the next sweep';
  const outcome = `freed the lock of ${name} from ${dead.length} holder(s)${left}`;
  return { outcome, tick: first?.tick };
}

/** Forgets the failures that were counted for the breaker; a pause stays. */
async function reset(
  { name, limits }: Deployed,
  _: ActionRequest,
  __: Actor,
  { store, ledger }: ActionContext,
): Promise<Done> {
  const lock = await ledger.readLock(limits.lock);
  const failures = lock?.failures[name] ?? 0;
  if (failures === 0) throw new Refused(`${name} has no failures that count`);
  await store.resetFailures(limits.lock, name);
  const still = lock?.paused[name] ? '; it is paused still: resume it' : '';
  return { outcome: `forgot ${failures} failure(s) in a row of ${name}${still}` };
}
