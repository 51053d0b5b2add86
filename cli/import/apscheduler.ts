import { MINUTE, toDuration } from '../../core/schedule/duration.ts';
import type { Limits, Settings } from '../../core/schedule/settings.ts';
import { readTrigger, type Trigger, whenOfTrigger } from './apscheduler-trigger.ts';
import { type Entry, type Imported, NotCarried, type Remark } from './imported.ts';
import { linesOfItems } from './json-lines.ts';
import { kebab, Names } from './names.ts';

export interface ApschedulerOptions {
  /** Where a trigger is read in that names no zone: the scheduler's own. */
  timeZone: string;
  /** Milliseconds since 1970. */
  now: number;
}

/** One job of a dump; what else it has, belongs to its trigger. */
type Dumped = Record<string, unknown>;

/** What Lambda and EventBridge show. */
const LONGEST_DESCRIPTION = 256;
/** The bounds of `misfireGrace`, in milliseconds. */
const GRACE = { from: MINUTE, to: 1_440 * MINUTE };

/**
 * Reads a dump of APScheduler's jobs: a list, as Flask-APScheduler answers it, or `{ "jobs": [...] }`.
 *
 * @throws NotCarried where the text is neither
 */
export function readApscheduler(text: string, options: ApschedulerOptions): Imported {
  const jobs = jobsOf(text);
  const lines = linesOfItems(text);
  const names = new Names();
  const entries: Entry[] = [];
  const remarks: Remark[] = [];
  for (const [i, job] of jobs.entries()) {
    const line = lines[i] ?? 1;
    try {
      const { entry, said } = readJob(job, line, options);
      entries.push({ ...entry, name: names.take(entry.name) });
      remarks.push(...said.map((what) => ({ line, what, isLeftOut: false })));
    } catch (error) {
      if (!(error instanceof NotCarried)) throw error;
      remarks.push({
        line,
        what: `${textOf(job.id) ?? 'a job'}: ${error.message}`,
        isLeftOut: true,
      });
    }
  }
  return { entries, remarks };
}

function jobsOf(text: string): Dumped[] {
  let dump: unknown;
  try {
    dump = JSON.parse(text);
  } catch (error) {
    throw new NotCarried(`is not JSON: ${(error as Error).message}`);
  }
  const jobs = Array.isArray(dump) ? dump : (dump as { jobs?: unknown } | null)?.jobs;
  const isList =
    Array.isArray(jobs) && jobs.every((job) => typeof job === 'object' && job !== null);
  if (isList) return jobs;
  throw new NotCarried('is no dump of APScheduler: a list of jobs, or { "jobs": [...] }');
}

function readJob(job: Dumped, line: number, options: ApschedulerOptions) {
  const trigger = readTrigger(job, options.timeZone);
  const { settings: when, said } = whenOfTrigger(trigger, options.now);
  const func = textOf(job.func) ?? textOf(job.func_ref) ?? 'a function';
  const id = textOf(job.id) ?? '';
  // An id that nobody chose is 32 hexadecimal digits.
  const name = kebab(/^[\da-f-]{32,36}$/.test(id) || id === '' ? nameOf(job, func) : id);
  const settings: Settings = {
    ...when,
    ...limitsOf(job, trigger, said),
    ...payloadOf(job),
    description: (textOf(job.name) ?? func).slice(0, LONGEST_DESCRIPTION),
  };
  const source = `${func}, ${trigger.text}`;
  return { entry: { line, name, settings, source }, said: said.map((what) => `${name}: ${what}`) };
}

function nameOf(job: Dumped, func: string): string {
  return textOf(job.name) ?? func.split(/[:.]/).at(-1) ?? func;
}

/** What the two have in common besides the times. */
function limitsOf(job: Dumped, { fields }: Trigger, said: string[]): Limits {
  const { max_instances: most, misfire_grace_time: grace } = job;
  const jitter = Number(fields.jitter ?? job.jitter ?? 0);
  if (job.coalesce === true && (grace === null || Number(grace) > 60))
    said.push(
      "coalesce: a tick that comes late is skipped here; catchUp: 'latest' runs the newest",
    );
  if (jitter > 0 && jitter % 60 !== 0)
    said.push(`jitter of ${jitter} seconds becomes whole minutes`);
  if (grace === null) said.push('misfire_grace_time of no end becomes 1 day, the most there is');
  const isPaused = 'next_run_time' in job && job.next_run_time === null;
  if (isPaused) said.push('is paused: its entry is not enabled');
  return {
    ...(jitter > 0 && { jitter: toDuration(Math.ceil(jitter / 60) * MINUTE) }),
    ...(typeof most === 'number' && most > 1 && { concurrency: most }),
    ...graceOf(grace),
    ...(isPaused && { enabled: false }),
  };
}

/** One second is APScheduler's default, and says nothing; `null` is without end. */
function graceOf(seconds: unknown): Pick<Limits, 'misfireGrace'> {
  if (seconds !== null && (typeof seconds !== 'number' || seconds <= 1)) return {};
  const wanted = seconds === null ? GRACE.to : Math.ceil(seconds / 60) * MINUTE;
  return { misfireGrace: toDuration(Math.min(Math.max(wanted, GRACE.from), GRACE.to)) };
}

/** Named arguments are the payload; those in order are a list within it. */
function payloadOf({ args, kwargs }: Dumped): { payload?: unknown } {
  const hasArgs = Array.isArray(args) && args.length > 0;
  const named = typeof kwargs === 'object' && kwargs !== null ? kwargs : {};
  if (!hasArgs && Object.keys(named).length === 0) return {};
  return { payload: hasArgs ? { args, ...named } : named };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
