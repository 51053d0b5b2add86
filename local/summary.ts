import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Run, Status } from '../core/run/states.ts';
import { type Tick, tickOf } from '../core/run/tick.ts';
import { ticksBetween } from '../core/schedule/ticks.ts';
import { counted, type Left, remains } from './left.ts';
import type { ScheduleResource } from './resources.ts';
import { tableOf } from './table.ts';

/** How the ticks of one job ended. */
export interface JobSummary {
  /** The ticks its schedules have in the time of the run. */
  expected: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  crashed: number;
  skipped: number;
  missed: number;
  /** Failed, and to be tried again after the end of the run. */
  waiting: number;
  /** Deliveries that found their tick taken care of; they leave no row. */
  duplicates: number;
}

export interface Summary {
  from: string;
  to: string;
  jobs: Record<string, JobSummary>;
  /** Expected ticks that left no row. */
  withoutRow: number;
  /** What there is still to do, and what nobody will do. */
  left: Left;
}

export interface SummaryInput {
  client: DynamoDBClient;
  runsTable: string;
  schedules: ScheduleResource[];
  /** Simulated milliseconds since 1970: the ticks in [from, to). */
  from: number;
  to: number;
  /** Ticks that are not expected after all, since the run was stopped before their delivery. */
  withdrawn: ReadonlyArray<{ job: string; tick: Tick }>;
  /** By job. */
  duplicates: ReadonlyMap<string, number>;
  left: Left;
}

const COUNTED_AS: Record<
  Status,
  Exclude<keyof JobSummary, 'expected' | 'waiting' | 'duplicates'>
> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'timedOut',
  crashed: 'crashed',
  skipped: 'skipped',
  missed: 'missed',
};

/** Holds what the schedules demand against the rows of the runs table. */
export async function summarize(input: SummaryInput): Promise<Summary> {
  const ticks = expectedTicks(input);
  const found = await Promise.all(
    [...ticks].map(([job, expected]) => rowsOf(input, job, expected)),
  );
  const jobs: Summary['jobs'] = {};
  let withoutRow = 0;
  [...ticks].forEach(([job, expected], i) => {
    const summary: JobSummary = {
      expected: expected.size,
      succeeded: 0,
      failed: 0,
      timedOut: 0,
      crashed: 0,
      skipped: 0,
      missed: 0,
      waiting: 0,
      duplicates: input.duplicates.get(job) ?? 0,
    };
    for (const { status, retryAt } of found[i] ?? []) {
      summary[retryAt === undefined ? COUNTED_AS[status] : 'waiting'] += 1;
    }
    withoutRow += expected.size - (found[i]?.length ?? 0);
    jobs[job] = summary;
  });
  return { from: iso(input.from), to: iso(input.to), jobs, withoutRow, left: input.left };
}

/** Whether every expected tick has its row and none failed for good. */
export function isSound({ jobs, withoutRow }: Summary): boolean {
  const bad = Object.values(jobs).map(
    ({ failed, timedOut, crashed, missed }) => failed + timedOut + crashed + missed,
  );
  return withoutRow === 0 && bad.every((count) => count === 0);
}

/** The ticks of each job: the union over its enabled schedules. */
function expectedTicks({ schedules, from, to, withdrawn }: SummaryInput): Map<string, Set<Tick>> {
  const ticks = new Map<string, Set<Tick>>();
  for (const { job, enabled, expression, timeZone } of schedules) {
    const all = ticks.get(job) ?? new Set();
    ticks.set(job, all);
    if (!enabled) continue;
    for (const tick of ticksBetween(expression, timeZone, new Date(from), new Date(to)))
      all.add(tick);
  }
  for (const { job, tick } of withdrawn) ticks.get(job)?.delete(tick);
  return ticks;
}

type Row = Pick<Run, 'tick' | 'status' | 'retryAt'>;

/** The rows that the expected ticks of a job left. */
async function rowsOf(
  { client, runsTable }: SummaryInput,
  job: string,
  expected: Set<Tick>,
): Promise<Row[]> {
  const ordered = [...expected].sort();
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (first === undefined || last === undefined) return [];
  const pages = paginateQuery(
    { client },
    {
      TableName: runsTable,
      KeyConditionExpression: 'job = :job AND tick BETWEEN :first AND :last',
      ProjectionExpression: 'tick, #status, retryAt',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':job': { S: job },
        ':first': { S: first },
        ':last': { S: last },
      },
      ConsistentRead: true,
    },
  );
  const rows: Row[] = [];
  for await (const { Items = [] } of pages)
    rows.push(...Items.map((item) => unmarshall(item) as Run));
  return rows.filter(({ tick }) => expected.has(tick));
}

/** To the minute where it is one, as a tick is written. */
function iso(time: number): string {
  return time % 60_000 === 0 ? tickOf(time) : new Date(time).toISOString();
}

/** The summary for people. */
export function tableOfSummary({ from, to, jobs, withoutRow, left }: Summary): string {
  const head = [
    'expected',
    'succeeded',
    'failed',
    'timed out',
    'crashed',
    'skipped',
    'missed',
    'waiting',
    'duplicates',
  ];
  const rows = Object.entries(jobs).map(([job, counts]) => [job, ...Object.values(counts)]);
  const totals = head.map((_, column) =>
    rows.reduce((sum, row) => sum + Number(row[column + 1]), 0),
  );
  const missing =
    withoutRow === 0 ? 'every tick left its row' : `${counted(withoutRow, 'tick')} left no row`;
  const told = [missing, ...remains(left)].join('; ');
  return `${from} to ${to}: ${told}\n${tableOf(['job', ...head], [...rows, ['all', ...totals]])}`;
}
