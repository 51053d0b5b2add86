import type { Deployed } from '../../core/run/limits.ts';
import { baseOf, MADE_NAME, type Made, madeName, withMade } from '../../core/run/made.ts';
import { LARGEST_OWN_PAYLOAD } from '../../core/run/payload.ts';
import { compile } from '../../core/schedule/compile.ts';
import type { Duration } from '../../core/schedule/duration.ts';
import { ScheduleError } from '../../core/schedule/error.ts';
import type { When } from '../../core/schedule/settings.ts';
import { nextTick } from '../../core/schedule/ticks.ts';
import { checkTimeZone } from '../../core/schedule/time-zone.ts';
import { noteOnce } from '../act.ts';
import type { Connection } from '../connection.ts';
import { Maker } from '../maker.ts';
import { jobIn, listedIn } from '../named.ts';
import type { Out } from '../out.ts';
import { Failed, Misuse } from '../problem.ts';
import { inWords } from '../schedule-words.ts';

interface Options {
  cron?: string;
  every?: string;
  offset?: string;
  at?: string;
  timeZone?: string;
  payload?: { value: unknown };
  reason?: string;
}

/** The options by the settings they stand for. */
const OPTIONS: Record<string, string | undefined> = {
  'every | cron | at': '--every, --cron or --at',
  every: '--every',
  offset: '--offset',
  cron: '--cron',
  at: '--at',
  timeZone: '--time-zone',
};

/** `punctual schedule <do> [job] [name]`. */
export async function run(
  connection: Connection,
  [what = '', job, name]: readonly string[],
  options: Options,
  out: Out,
): Promise<number> {
  if (what === 'list') return list(connection, job, out);
  if (what !== 'add' && what !== 'remove')
    throw new Misuse(`'${what}' is none of add, list, remove`);
  if (job === undefined || name === undefined)
    throw new Misuse(`which one? write schedule ${what} <job> <name>`);
  return what === 'add'
    ? add(connection, job, name, options, out)
    : remove(connection, job, name, options, out);
}

/** The registry first: what the sweeper does not know of, it would not miss. */
async function add(
  connection: Connection,
  job: string,
  name: string,
  options: Options,
  out: Out,
): Promise<number> {
  const { made: registry, by, now, settings } = connection;
  const base = baseIn(job, connection);
  const at = await now();
  if (listedIn(connection.jobs).some((one) => one.name === madeName(job, name)))
    throw new Misuse(`${madeName(job, name)} is a job of the list; choose another name`);
  const made: Made = {
    ...timesOf(job, name, options, at),
    ...(options.payload && { payload: checked(options.payload.value) }),
    name: madeName(job, name),
    by,
    since: new Date(at).toISOString(),
  };
  if (!(await registry.add(made).catch(full))) {
    // Asked for again after it came only half-way, it goes on.
    const old = (await registry.read()).find((one) => one.name === made.name);
    if (!old || !isSame(old, made))
      throw new Failed(
        `${made.name} is there already${old ? `, made by ${old.by} at ${old.since}` : ''}; remove it first`,
      );
  }
  await new Maker(settings).make(made, base);
  const [view] = withMade([base], [made]).slice(1);
  const words = view ? inWords(view) : made.expressions.join(', ');
  const outcome = `${made.name} runs ${words}; next at ${nextOf(made, at) ?? 'no time'}`;
  await (await noteOnce(connection, 'schedule', made.name, options.reason))(outcome);
  out.answer(asJson(made, at), () => out.line(outcome));
  return 0;
}

/** @throws Failed where there is no room for it */
function full(error: Error): never {
  if (error.name !== 'ValidationException' || !/size/i.test(error.message)) throw error;
  throw new Failed(
    'there is no room for another schedule: all that are made at run time share 400 KB, about 1,300 without payloads; remove some, or store large payloads elsewhere',
  );
}

/** The registry last: EventBridge fires it until then, and its ticks are expected. */
async function remove(
  connection: Connection,
  job: string,
  name: string,
  { reason }: Options,
  out: Out,
): Promise<number> {
  const { made: registry, settings } = connection;
  const known = await registry.read();
  const made = known.find((one) => one.name === madeName(job, name));
  if (!made)
    throw new Failed(
      `there is no schedule '${madeName(job, name)}'; punctual schedule list shows them`,
    );
  await new Maker(settings).unmake(made);
  if (!(await registry.remove(made)))
    throw new Failed(`${made.name} was changed meanwhile; look at punctual schedule list`);
  const outcome = `${made.name} is removed; its rows stay until their time is over`;
  await (await noteOnce(connection, 'unschedule', made.name, reason))(outcome);
  out.answer({ name: made.name, removed: true }, () => out.line(outcome));
  return 0;
}

async function list(
  { made: registry, jobs, now }: Connection,
  job: string | undefined,
  out: Out,
): Promise<number> {
  if (job !== undefined) baseIn(job, { jobs });
  const all = await registry.read();
  const shown = all.filter(({ name }) => job === undefined || name.startsWith(madeName(job, '')));
  const at = await now();
  out.answer(
    shown.map((made) => asJson(made, at)),
    () => {
      if (shown.length === 0) out.line('no schedules were made at run time');
      else
        out.table(
          ['schedule', 'next (UTC)', 'runs', 'made by', 'at'],
          shown.map((made) => [
            made.name,
            nextOf(made, at) ?? 'over',
            inWords({ ...made, expressions: [...made.expressions] }),
            made.by,
            made.since.slice(0, 16),
          ]),
        );
    },
  );
  return 0;
}

/** The job of the list whose function is meant; of a pool any, since they share what a function has. */
function baseIn(job: string, { jobs }: Pick<Connection, 'jobs'>): Deployed {
  if (baseOf(job) !== job)
    throw new Misuse(`'${job}' is run by the function of '${baseOf(job)}'; name that`);
  const base = listedIn(jobs).find((one) => baseOf(one.name) === job);
  return base ?? jobIn(job, jobs);
}

/** @throws Misuse where it never comes due */
function timesOf(job: string, name: string, options: Options, now: number) {
  if (!MADE_NAME.test(name))
    throw new Misuse(`'${name}' is no name: 1 to 40 letters, digits, '-' or '_'`);
  const { cron, every, offset, at, timeZone = 'UTC' } = options;
  const when = { cron, every: every as Duration, offset: offset as Duration, at } as When;
  try {
    checkTimeZone(job, timeZone);
    const expressions = compile(job, when, timeZone);
    if (expressions.every((one) => nextTick(one, timeZone, new Date(now)) === undefined))
      throw new Misuse(`${at ?? cron} is past; name a time to come`);
    return { expressions, timeZone };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    throw new Misuse(`${OPTIONS[error.field] ?? error.field}: ${problemOf(error)}`);
  }
}

/** Without the job and the field, which are another's words for the options. */
function problemOf({ message, field }: ScheduleError): string {
  return message.slice(message.indexOf(`${field}: `) + field.length + 2);
}

function checked(payload: unknown): unknown {
  const size = Buffer.byteLength(JSON.stringify(payload));
  if (size <= LARGEST_OWN_PAYLOAD) return payload;
  throw new Misuse(`the payload has ${size} bytes, and may have ${LARGEST_OWN_PAYLOAD}`);
}

function isSame(one: Made, other: Made): boolean {
  const textOf = ({ expressions, timeZone, payload }: Made) =>
    JSON.stringify([expressions, timeZone, payload]);
  return textOf(one) === textOf(other);
}

function nextOf({ expressions, timeZone }: Made, now: number): string | undefined {
  return expressions.flatMap((one) => nextTick(one, timeZone, new Date(now)) ?? []).sort()[0];
}

/** As `--json` has it; see docs/cli.md. */
function asJson(made: Made, now: number) {
  const { name, expressions, timeZone, payload, by, since } = made;
  return { name, expressions, timeZone, payload, by, since, next: nextOf(made, now) };
}
