import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Problem } from './problem.ts';
import type { Span } from './scheduler.ts';

export interface Options {
  /** How long to run, in simulated milliseconds; without it until Ctrl-C. */
  for?: number;
  /** Simulated per real time while nothing runs; `Infinity` for `max`. */
  speed: number;
  /** The simulated time at the start. */
  from: Date;
  /** How many times each event is delivered. */
  deliver: number;
  json?: boolean;
  /** 0 takes any free one. */
  port: number;
  dynamodb: 'dynalite' | 'java';
  /** Absolute path of another list of schedules. */
  schedules?: string;
  /** While EventBridge is off: nothing fires, and nothing comes later. */
  eventbridgeOff?: Span;
  /** Where the random numbers start: jitter and the seeded world repeat with it. */
  seed: number;
}

const MINUTE_MS = 60_000;
/** At more than this, real milliseconds are days, and a clock of whole milliseconds says nothing. */
const FASTEST = 100_000;

const UNITS: Record<string, number> = {
  s: 1_000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 1_440 * MINUTE_MS,
};

/**
 * The options of `npm start -- ...`.
 *
 * @param args without the executable and the script
 * @returns `undefined` where only the help was asked for
 * @throws Problem for a bad value: what, where and the mend in one line
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const command = define();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new Problem(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  if (command.args.length > 0) {
    throw new Problem(
      `unknown argument '${command.args[0]}'; options follow two dashes: npm start -- --for 24h`,
    );
  }
  return command.opts<Options>();
}

function define(): Command {
  return new Command('npm start --')
    .description(
      'Runs the app on this machine: synthesizes the stack, fires its schedules on a simulated clock.',
    )
    .addOption(
      new Option(
        '--for <duration>',
        'stop by itself after this simulated time, such as 90m, 24h, 2d',
      ).argParser(duration),
    )
    .addOption(
      new Option(
        '--speed <factor>',
        'simulated per real time while nothing runs: a number, or max to jump to the next event',
      )
        .argParser(speed)
        .default(60),
    )
    .addOption(
      new Option('--from <time>', 'the simulated time at the start, such as 2026-03-01T00:00Z')
        .argParser(time)
        .default(new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS), 'the present minute'),
    )
    .addOption(
      new Option('--deliver <times>', 'deliver every event this many times at once')
        .argParser(whole(1, 100))
        .default(1),
    )
    .addOption(
      new Option(
        '--eventbridge-off <from/to>',
        'a fault: nothing fires in this simulated time, such as 2026-03-01T01:00Z/2026-03-01T02:00Z',
      ).argParser(span),
    )
    .option('--json', 'end standard output with the summary as one JSON object')
    .addOption(
      new Option('--port <port>', 'of the page and the e-mail endpoint, on 127.0.0.1')
        .argParser(whole(0, 65_535))
        .default(8377),
    )
    .addOption(
      new Option(
        '--dynamodb <engine>',
        "the database: dynalite, or AWS's DynamoDB Local on Java 17",
      )
        .choices(['dynalite', 'java'])
        .default('dynalite'),
    )
    .addOption(
      new Option(
        '--schedules <path>',
        'another list instead of infra/schedules.ts, its jobs folder beside it',
      ).argParser(file),
    )
    .addOption(
      new Option('--seed <number>', 'where the random numbers start')
        .argParser(whole(0, 2 ** 32 - 1))
        .default(1),
    )
    .helpOption('--help', 'show this')
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
}

function duration(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (ms >= 1) return Math.round(ms);
  throw new InvalidArgumentError('Write a number and s, m, h or d, such as 90m, 24h or 2d.');
}

function speed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const factor = text.trim() === '' ? Number.NaN : Number(text);
  if (factor > 0 && factor <= FASTEST) return factor;
  throw new InvalidArgumentError(
    `Write a number above 0, up to ${FASTEST}, such as 60 or 1, or max.`,
  );
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function time(text: string): Date {
  const read = timeIn(text);
  if (Number.isFinite(read)) return new Date(read);
  throw new InvalidArgumentError('Write a time with its zone, such as 2026-03-01T00:00Z.');
}

/** In milliseconds; `NaN` where it is none. */
function timeIn(text: string): number {
  const date = new Date(TIME.test(text) ? text : Number.NaN);
  // Date takes 30 February for 2 March: what comes back must show the day that was written.
  const [written = ''] = text.split('T');
  const valid =
    Number.isFinite(date.getTime()) && new Date(written).toISOString().startsWith(written);
  return valid ? date.getTime() : Number.NaN;
}

function span(text: string): Span {
  const [from = '', to = '', ...more] = text.split('/');
  const off = { from: timeIn(from), to: timeIn(to) };
  if (more.length === 0 && off.from < off.to) return off;
  throw new InvalidArgumentError('Write two times, the earlier first, with a slash between them.');
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new InvalidArgumentError(`Write a whole number from ${from} to ${to}.`);
  };
}

function file(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return resolve(path);
  throw new InvalidArgumentError('There is no such file.');
}
