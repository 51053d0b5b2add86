import type { Cell, Out } from '../out.ts';
import type { Change } from './change.ts';
import type { Cost } from './cost.ts';
import type { Forecast } from './forecast.ts';
import { ASSUMED, FREE, PRICES } from './prices.ts';
import type { Starts } from './starts.ts';
import { changeInWords, often } from './words.ts';

const SERVICES: [keyof Cost, string][] = [
  ['lambda', 'Lambda'],
  ['scheduler', 'EventBridge Scheduler'],
  ['dynamodb', 'DynamoDB'],
  ['cloudwatch', 'CloudWatch'],
  ['total', 'all'],
];

/** Columns: what any terminal has. */
const PARAGRAPH = 78;

/** A forecast for people. */
export function showForecast({ jobs, day, starts, cost, measured }: Forecast, out: Out): void {
  const changed = jobs.filter(({ change }) => change !== 'same');
  const same = jobs.length - changed.length;
  if (changed.length > 0) out.table(['job', 'before', 'after', 'change'], changed.map(row));
  if (same > 0) out.line(`${same} ${same === 1 ? 'job' : 'jobs'} as before`);

  out.line();
  const { before, after, packed } = starts;
  out.table(
    [
      `starts on ${new Date(day).toISOString().slice(0, 10)} (UTC)`,
      'before',
      'after',
      "all 'auto'",
    ],
    [
      ['all', String(before.count), String(after.count), String(packed.count)],
      ['in the fullest minute', fullest(before), fullest(after), fullest(packed)],
      [
        'minutes with more than one',
        String(before.shared),
        String(after.shared),
        String(packed.shared),
      ],
    ],
  );
  const crowd = after.fullest?.jobs ?? [];
  if (crowd.length > 1) out.line(`together then: ${some(crowd)}`);

  out.line();
  out.table(
    ['US dollars a month', 'before', 'after'],
    SERVICES.map(([key, name]) => [
      name,
      cost.before ? dollars(cost.before[key]) : '-',
      dollars(cost.after[key]),
    ]),
  );
  for (const line of assumptions(measured.length, jobs.length)) out.line(out.style('dim', line));
}

function row(change: Change): Cell[] {
  const { job, before, after } = change;
  const style = change.change === 'gone' ? 'red' : change.change === 'new' ? 'green' : 'yellow';
  return [
    job,
    change.change === 'new' ? '-' : often(before),
    change.change === 'gone' ? '-' : often(after),
    { text: changeInWords(change), style },
  ];
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function fullest({ fullest: minute }: Starts): string {
  if (!minute) return '-';
  return `${minute.jobs.length} at ${new Date(minute.at).toISOString().slice(11, 16)}`;
}

function assumptions(measured: number, all: number): string[] {
  const millions = (count: number) => `${count / 1e6}M`;
  const { schedulerInvocations, lambdaRequests, lambdaGigabyteSeconds } = FREE;
  return wrapped(
    `List prices of ${PRICES.as}, before what an account has free each month: ${millions(schedulerInvocations)} schedule invocations, ${millions(lambdaRequests)} Lambda requests, ${millions(lambdaGigabyteSeconds)} GB-seconds, ${FREE.metrics} metrics, ${FREE.alarms} alarms, ${FREE.dashboards} dashboards. Runs take what they took lately for ${measured} of ${all} jobs, else ${ASSUMED.duration / 1_000} s; a cold start takes ${ASSUMED.coldStart} ms, where runs are over ${ASSUMED.keptWarm / 60_000} minutes apart; nothing is tried again.`,
  );
}

/** The lines of a paragraph. */
function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length >= PARAGRAPH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

function dollars(amount: number): string {
  return amount.toFixed(2);
}
