import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tickOf } from '../../core/run/tick.ts';
import type { JobRun } from '../../functions/job.ts';

/** What a job's code says of itself, in a file: what truly happened, whatever the ledger makes of it. */
export interface Note {
  job: string;
  tick: string;
  attempt: number;
  what: 'started' | 'ended' | 'effect';
  /** Simulated milliseconds since 1970. */
  at: number;
}

/** Called by a job's code. One write of one line, so that the lines of several processes stay whole. */
export function note(
  folder: string,
  what: Note['what'],
  { scheduledTime, attempt }: Pick<JobRun<unknown>, 'scheduledTime' | 'attempt'>,
): void {
  const job = process.env.PUNCTUAL_JOB ?? '';
  const written: Note = { job, tick: tickOf(scheduledTime), attempt, what, at: Date.now() };
  mkdirSync(folder, { recursive: true });
  appendFileSync(fileIn(folder), `${JSON.stringify(written)}\n`);
}

/** Everything that was noted, in order. */
export function notesIn(folder: string): Note[] {
  if (!existsSync(fileIn(folder))) return [];
  const lines = readFileSync(fileIn(folder), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

function fileIn(folder: string): string {
  return join(folder, 'journal.jsonl');
}
