import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { findLocal } from './connect-local.ts';

/**
 * Adds what the shell asks at each Tab: `punctual complete -- <the line so far>`. What it asks with is the
 * script of `punctual completion`.
 *
 * @param line the words so far
 */
export async function addCompletion(program: Command, line: readonly string[]): Promise<void> {
  const completion = tab(program);
  completion.commands.delete('complete'); // nobody types it
  const jobs = await jobNames(line[line.indexOf('--local') + 1]);
  for (const { arguments: args, options } of completion.commands.values()) {
    for (const [name, option] of completion.options) options.set(name, option);
    const job = args.get('job');
    if (!job) continue;
    job.handler = (complete) => {
      for (const name of jobs) complete(name, 'job');
    };
  }
}

/** Of the local cloud, where one is up: asking AWS takes longer than anybody waits for a Tab. */
async function jobNames(address = ''): Promise<string[]> {
  const named = /^https?:/.test(address) ? address : undefined;
  const local = await findLocal(named).catch(() => undefined);
  return local?.beacon.jobs.map(({ name }) => name) ?? [];
}
