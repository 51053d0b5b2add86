import { type Deployed, deployedOf } from '../../core/run/limits.ts';
import { baseOf } from '../../core/run/made.ts';
import { GroupError, ScheduleError } from '../../core/schedule/error.ts';
import { staggerAll } from '../../core/schedule/stagger.ts';
import { BadContext } from '../../infra/context.ts';
import { type ListedJob, readList } from '../../infra/list.ts';
import { type Connection, connect, type Target } from '../connection.ts';
import { listedIn } from '../named.ts';
import type { Out } from '../out.ts';
import { meanDurations } from '../plan/durations.ts';
import { forecast } from '../plan/forecast.ts';
import { forecastAsJson } from '../plan/json.ts';
import { type Layout, layoutFor, layoutInWords } from '../plan/layout.ts';
import { showForecast } from '../plan/show.ts';
import { Misuse, NotDeployed } from '../problem.ts';

interface PlanOptions extends Target {
  /** Another list than this folder's. */
  schedules?: string;
  /** Whether the list is compared with nothing, and no cloud is asked. */
  fresh?: boolean;
}

/** `punctual plan`: what a deploy of the list would change, in fire times and in money. */
export async function run(
  _args: readonly string[],
  { schedules, fresh, ...target }: PlanOptions,
  out: Out,
): Promise<number> {
  const list = await listOf(schedules);
  const listed = list.map(deployedOf);
  const packed = staggerAll(list).map(deployedOf);
  const cloud = fresh ? undefined : await deployed(target, out);
  const layout = layoutFor(list, cloud?.stack ?? '', cloud?.settings.functions);
  // What was made at run time a deploy leaves alone.
  const before = cloud && listedIn(cloud.jobs);
  if (cloud) warnOfMade(cloud, listed, layout, out);
  const now = cloud ? await cloud.now() : Date.now();
  const durations = cloud ? await meanDurations(before ?? [], cloud.store) : new Map();
  const made = forecast(before, listed, durations, now, packed);
  out.answer(forecastAsJson(made, layout, cloud?.stack), () => {
    if (cloud)
      out.line(
        `${cloud.stack}: ${before?.length ?? 0} jobs deployed, ${listed.length} in the list`,
      );
    else out.line(`nothing deployed, ${listed.length} jobs in the list`);
    for (const line of layoutInWords(layout)) out.line(line);
    out.line();
    showForecast(made, out);
    const left = (cloud?.jobs.length ?? 0) - (before?.length ?? 0);
    if (left > 0)
      out.line(
        out.style('dim', `Schedules made at run time (${left}) are not in starts and cost.`),
      );
  });
  return 0;
}

/** What was made at run time goes on firing at the function that it was made for, also where that is gone. */
function warnOfMade(
  { jobs }: Connection,
  listed: readonly Deployed[],
  { isMove }: Layout,
  out: Out,
): void {
  const stays = new Set(listed.map(({ name }) => baseOf(name)));
  const made = jobs.filter(({ since }) => since !== undefined);
  const names = new Set(listed.map(({ name }) => name));
  for (const { name } of made) {
    if (names.has(name))
      out.note(
        `${name} was made at run time, and the list has it now: both fire; remove it with punctual schedule remove`,
      );
    if (!stays.has(baseOf(name)))
      out.note(
        `${name} was made at run time, and its job leaves: remove it with punctual schedule remove`,
      );
  }
  if (isMove && made.length > 0)
    out.note(
      `${made.length} schedules that were made at run time fire at functions that go, and run moments late, by the finalizer: after the deploy say each punctual schedule add once more`,
    );
}

/** @throws Misuse where the list could not be deployed */
async function listOf(path: string | undefined): Promise<ListedJob[]> {
  try {
    return await readList(path);
  } catch (error) {
    const { message } = error as Error;
    const mendable = [ScheduleError, GroupError, BadContext];
    if (mendable.some((type) => error instanceof type)) throw new Misuse(message);
    // Its own imports and its syntax are anybody's.
    throw new Misuse(`can not read ${path ?? 'infra/schedules.ts'}: ${message.split('\n')[0]}`);
  }
}

/** What is deployed; `undefined` where nothing is, yet. */
async function deployed(target: Target, out: Out): Promise<Connection | undefined> {
  try {
    return await connect(target);
  } catch (error) {
    if (!(error instanceof NotDeployed)) throw error;
    out.note(`${error.message}; everything counts as new`);
    return undefined;
  }
}
