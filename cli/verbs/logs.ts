import { setTimeout as sleep } from 'node:timers/promises';
import { timeOf } from '../../core/run/tick.ts';
import type { Connection } from '../connection.ts';
import { type Asked, isMetric, type LogLine, type LogSource } from '../log-lines.ts';
import { jobIn, tickIn } from '../named.ts';
import { type Out, safe } from '../out.ts';
import { stopSignal } from '../stop.ts';

interface Options {
  /** Milliseconds. */
  since: number;
  follow?: boolean;
}

/** How often it looks for new lines, in milliseconds: CloudWatch allows few requests a second. */
const EVERY = { local: 300, aws: 2_000 };

/** `punctual logs <job> [tick]`. */
export async function run(
  connection: Connection,
  [name = '', text]: readonly string[],
  { since, follow = false }: Options,
  out: Out,
): Promise<number> {
  const now = await connection.now();
  const tick = text === undefined ? undefined : tickIn(text);
  const asked: Asked =
    tick === undefined
      ? { job: jobIn(name, connection.jobs).name, from: now - since }
      : {
          job: name,
          run: { tick, requestIds: await requestsOf(connection, name, tick) },
          from: timeOf(tick),
        };
  const source = await sourceOf(connection, asked);
  const count = await print(source, out);
  if (follow) {
    const { signal } = stopSignal(() => {});
    const every = connection.isLocal ? EVERY.local : EVERY.aws;
    while (!signal.aborted) {
      await sleep(every, undefined, { signal }).catch(() => {});
      await print(source, out);
    }
  } else if (count === 0) out.note('no lines; look further back with --since');
  return 0;
}

/** @returns how many there were */
async function print(source: LogSource, out: Out): Promise<number> {
  const lines = (await source.more()).filter((line) => !isMetric(line));
  for (const line of lines) out.line(out.isJson ? line.text : textOf(line, out));
  return lines.length;
}

async function requestsOf({ jobs, ledger }: Connection, job: string, tick: string) {
  const row = await ledger.readRun(job, tick);
  if (!row) {
    // It may run at this moment: then its lines name its tick.
    jobIn(job, jobs);
    return [];
  }
  return [...(row.earlier ?? []), row].flatMap(({ requestId }) => requestId ?? []);
}

async function sourceOf(connection: Connection, asked: Asked): Promise<LogSource> {
  const { isLocal, logs, settings } = connection;
  if (isLocal) {
    const { LocalLogs } = await import('../logs-local.ts');
    return new LocalLogs(logs, asked);
  }
  const { AwsLogs } = await import('../logs-aws.ts');
  return new AwsLogs({ group: logs, functions: settings.functions }, asked, Date.now);
}

/** What every line of a job has, and whoever asks for its lines knows. */
const KNOWN = new Set([
  'level', 'message', 'timestamp', 'time', 'type', 'service', 'sampling_rate', 'job', 'tick', 'attempt',
  'trigger', 'instanceId', 'requestId', 'executionId', 'fencingToken', 'xray_trace_id',
]); // biome-ignore format: one line a group reads better

const STYLES = { ERROR: 'red', WARN: 'yellow', DEBUG: 'dim' } as const;

/** `2026-03-01 09:00:00.120 INFO  imported  {"invoices":12}`. */
function textOf({ time, text, fields }: LogLine, out: Out): string {
  const when =
    time === undefined ? '' : new Date(time).toISOString().slice(0, 23).replace('T', ' ');
  if (!fields) return `${out.style('dim', when)}       ${safe(text)}`;
  const level = String(fields.level ?? 'INFO');
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !KNOWN.has(name)));
  const more = Object.keys(rest).length > 0 ? `  ${JSON.stringify(rest)}` : '';
  const style = STYLES[level as keyof typeof STYLES];
  const word = style ? out.style(style, level.padEnd(5)) : level.padEnd(5);
  const said = fields.message ?? fields.type ?? '';
  return `${out.style('dim', when)} ${word} ${safe(typeof said === 'string' ? said : JSON.stringify(said))}${safe(more)}`;
}
