import { styleText } from 'node:util';
import type { Outcome } from '../core/run/states.ts';
import type { Invocation } from './async-invoker.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Answer } from './environment.ts';
import type { Alert } from './sns-api.ts';

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
  /** When it will be tried again, ISO 8601. */
  retryAt?: string;
}

/** Lambda's own word for a failure, as the word of a run. */
const STATUS_OF_ERROR: Record<string, Outcome['status']> = { 'Sandbox.Timedout': 'timed_out' };

export function reportOf({ event, startedAt, finishedAt, answer }: Invocation): Report {
  const { job, attempt = 1 } = event as { job: string; attempt?: number };
  if ('error' in answer) {
    const { errorType, errorMessage } = answer.error;
    return {
      job,
      status: STATUS_OF_ERROR[errorType] ?? (answer.died ? 'crashed' : 'failed'),
      time: startedAt,
      durationMs: finishedAt - startedAt,
      text: sentence(attempt, `${errorType}: ${errorMessage}`),
    };
  }
  const outcome = outcomeOf(answer);
  const start = outcome?.startedAt ? Date.parse(outcome.startedAt) : startedAt;
  const end = outcome?.startedAt ? Date.parse(outcome.finishedAt) : finishedAt;
  const retryAt = outcome?.retryAt;
  return {
    job,
    status: outcome?.status ?? 'succeeded',
    time: start,
    durationMs: end - start,
    text: sentence(outcome?.attempt ?? attempt, describe(outcome), retryAt),
    ...(retryAt && { retryAt }),
  };
}

/** An event of a job that EventBridge gave up: nothing ran. `undefined` for an operator's. */
export function undeliveredOf({ body, attributes }: DeadLetter, now: number): Report | undefined {
  const { job, attempt = 1 } = JSON.parse(body) ?? {};
  if (typeof job !== 'string') return undefined;
  const text = `not delivered: ${attributes.ERROR_CODE}`;
  return { job, status: 'missed', time: now, durationMs: 0, text: sentence(attempt, text) };
}

/** What a function of the stack itself came to, where somebody should know: it failed, or closed rows. */
export function operatorReportOf(name: string, invocation: Invocation): Report | undefined {
  const report = reportOf({ ...invocation, event: { job: name } });
  const { answer } = invocation;
  if ('error' in answer) return report;
  const { closed } = (answer.payload ?? {}) as { closed?: number };
  return closed ? { ...report, text: words(answer.payload) } : undefined;
}

/**
 * What a function came to that reads a queue, where it failed. What it closes is no news: whoever saw
 * the run die has said so. A message that it brings back is none either: it comes again.
 */
export function consumerReportOf(name: string, invocation: Invocation): Report | undefined {
  if (!('error' in invocation.answer)) return undefined;
  return reportOf({ ...invocation, event: { job: name } });
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

/** `attempt 2: no licence; again at 00:06`. */
function sentence(attempt: number, text: string, retryAt?: string): string {
  const told = [attempt > 1 && `attempt ${attempt}`, text].filter(Boolean).join(': ');
  return [told, retryAt && `again at ${clockTime(retryAt)}`].filter(Boolean).join('; ');
}

/** To the minute where it is one. */
function clockTime(iso: string): string {
  return new Date(iso).toISOString().slice(11, 19).replace(/:00$/, '');
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
    timeOf(time),
    job.padEnd(jobWidth),
    styleText(colour, status.padEnd('succeeded'.length)),
    `${durationMs} ms`.padStart(8),
    text.replaceAll(/\s+/g, ' '),
  ]
    .join('  ')
    .trimEnd();
}

/** Where a run has its job, it has `alert`; the subject follows. */
export function lineOfAlert({ time, subject, text }: Alert, jobWidth: number): string {
  const [told = ''] = (subject || text).split('\n');
  return `${timeOf(time)}  ${styleText('red', 'alert'.padEnd(jobWidth))}  ${told}`;
}

function timeOf(time: number): string {
  return styleText('dim', new Date(time).toISOString().slice(0, 19).replace('T', ' '));
}
