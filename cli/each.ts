import { Refused } from '../core/operations/actions.ts';
import type { Connection } from './connection.ts';
import { jobIn } from './named.ts';
import type { Out } from './out.ts';
import { Misuse, toldOf } from './problem.ts';

/**
 * The jobs that a verb is about: the one that is named, or all.
 *
 * @throws Misuse where it is neither, or both, or there is no such job
 */
export function jobsMeant(
  [name]: readonly string[],
  all: boolean | undefined,
  { jobs }: Pick<Connection, 'jobs'>,
): string[] {
  if (name !== undefined && all) throw new Misuse(`name a job or say --all, not both`);
  if (all) return jobs.map((job) => job.name);
  if (name === undefined) throw new Misuse('which job? name it, or say --all');
  return [jobIn(name, jobs).name];
}

/**
 * Does the same to several jobs; one that refuses, or fails, does not keep the others from it, and what was
 * done is always said.
 *
 * @returns the exit code
 */
export async function eachOf(
  jobs: readonly string[],
  action: string,
  out: Out,
  act: (job: string) => Promise<string>,
): Promise<number> {
  const done: { job: string; outcome: string }[] = [];
  const refused: { job: string; why: string }[] = [];
  for (const job of jobs) {
    try {
      done.push({ job, outcome: await act(job) });
    } catch (error) {
      const told = toldOf(error);
      if (!told) throw error;
      // A refusal names its job; an error of the cloud does not.
      refused.push({ job, why: error instanceof Refused ? told.text : `${job}: ${told.text}` });
    }
  }
  out.answer({ action, done, refused }, () => {
    for (const { outcome } of done) out.line(outcome);
    if (jobs.length === 0) out.line('there was nothing to do');
  });
  for (const { why } of refused) out.note(why);
  return refused.length > 0 ? 1 : 0;
}
