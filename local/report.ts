import { styleText } from 'node:util';
import type { Outcome } from '../core/run/states.ts';
import type { Invocation } from './async-invoker.ts';
import type { Answer } from './environment.ts';

/** What one delivery came to, for people. */
export interface Report {
  job: string;
  status: Outcome['status'];
  /** Simulated milliseconds since 1970. */
  time: number;
  /** How long the author's code ran; where it never answered, the whole invocation. */
  durationMs: number;
  /** What it did, or why not. */
  text: string;
}

/** Lambda's own word for a failure, as the word of a run. */
const STATUS_OF_ERROR: Record<string, Outcome['status']> = { 'Sandbox.Timedout': 'timed_out' };

export function reportOf({ event, startedAt, finishedAt, answer }: Invocation): Report {
  const { job } = event as { job: string };
  if ('error' in answer) {
    const { errorType, errorMessage } = answer.error;
    const died = errorType.startsWith('Runtime.') ? 'crashed' : 'failed';
    return {
      job,
      status: STATUS_OF_ERROR[errorType] ?? died,
      time: startedAt,
      durationMs: finishedAt - startedAt,
      text: `${errorType}: ${errorMessage}`,
    };
  }
  const outcome = outcomeOf(answer);
  const start = outcome?.startedAt ? Date.parse(outcome.startedAt) : startedAt;
  const end = outcome?.startedAt ? Date.parse(outcome.finishedAt) : finishedAt;
  return {
    job,
    status: outcome?.status ?? 'succeeded',
    time: start,
    durationMs: end - start,
    text: describe(outcome),
  };
}

/** What a function of the stack itself came to, where somebody should know: it failed, or closed rows. */
export function operatorReportOf(name: string, invocation: Invocation): Report | undefined {
  const report = reportOf({ ...invocation, event: { job: name } });
  const { answer } = invocation;
  if ('error' in answer) return report;
  const { closed } = (answer.payload ?? {}) as { closed?: number };
  return closed ? { ...report, text: words(answer.payload) } : undefined;
}

/** What job() answered; `undefined` for a function that is not one. */
function outcomeOf(answer: Answer): Outcome | undefined {
  const payload = 'payload' in answer ? (answer.payload as Outcome | null) : null;
  return payload?.status ? payload : undefined;
}

function describe(outcome: Outcome | undefined): string {
  if (outcome?.error) return `${outcome.error.name}: ${outcome.error.message}`;
  return outcome?.reason ?? words(outcome?.output);
}

/** `{ failed: 3, ids: ['a'] }` -> `failed 3, ids ["a"]`. */
function words(output: unknown): string {
  if (output === undefined || output === null) return '';
  if (typeof output !== 'object' || Array.isArray(output)) return text(output);
  return Object.entries(output)
    .map(([key, value]) => `${key} ${text(value)}`)
    .join(', ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One line, aligned; coloured only where standard output is a terminal and NO_COLOR is not set. */
export function lineOf({ job, status, time, durationMs, text }: Report, jobWidth: number): string {
  const colour = status === 'succeeded' ? 'green' : status === 'skipped' ? 'yellow' : 'red';
  return [
    styleText('dim', new Date(time).toISOString().slice(0, 19).replace('T', ' ')),
    job.padEnd(jobWidth),
    styleText(colour, status.padEnd('succeeded'.length)),
    `${durationMs} ms`.padStart(8),
    text.replaceAll(/\s+/g, ' '),
  ]
    .join('  ')
    .trimEnd();
}
