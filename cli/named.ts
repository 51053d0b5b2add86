import { jobNamed, Refused } from '../core/operations/actions.ts';
import type { Deployed } from '../core/run/limits.ts';
import { exactTickOf, type Tick } from '../core/run/tick.ts';
import { Misuse } from './problem.ts';

/** @throws Misuse that names the nearest */
export function jobIn(name: string, jobs: readonly Deployed[]): Deployed {
  try {
    return jobNamed(name, jobs);
  } catch (error) {
    throw error instanceof Refused ? new Misuse(error.message) : error;
  }
}

/** The jobs of the list, without what was made at run time. */
export function listedIn(jobs: readonly Deployed[]): Deployed[] {
  return jobs.filter(({ since }) => since === undefined);
}

/** The tick of a run: of a schedule's, or one with seconds of a run that a person asked for. */
export function tickIn(text: string): Tick {
  try {
    return exactTickOf(text);
  } catch {
    throw new Misuse(`'${text}' is no tick; write a time with its zone, such as 2026-03-01T09:00Z`);
  }
}
