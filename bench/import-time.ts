import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { limitsOf } from '../core/run/limits.ts';
import { resolveJob } from '../core/schedule/resolve.ts';

const run = promisify(execFile);

const PROBE = `
  const start = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - start);
  process.exit();
`;

/** What a function finds in its environment, as far as importing it needs that. */
const ENVIRONMENT = {
  PUNCTUAL_JOB: 'bench',
  PUNCTUAL_LOCKS_TABLE: 'locks',
  PUNCTUAL_RUNS_TABLE: 'runs',
  PUNCTUAL_LIMITS: JSON.stringify(limitsOf(resolveJob('bench', { every: '10 minutes' }))),
  PUNCTUAL_GROUP: 'bench',
  PUNCTUAL_FUNCTIONS: 'bench',
  PUNCTUAL_FIRING_ROLE: 'arn:aws:iam::123456789012:role/bench',
  PUNCTUAL_DEAD_LETTERS: 'arn:aws:sqs:eu-central-1:123456789012:bench',
  PUNCTUAL_ALERTS_TOPIC: 'arn:aws:sns:eu-central-1:123456789012:bench',
  PUNCTUAL_MOST_TRIES: '3',
  APPLICATION_TABLE: 'application',
  MAIL_FROM: 'builds@example.com',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
};

/** Milliseconds that the import of a module takes in a process that has just started. */
export async function importTime(path: string): Promise<number> {
  const args = ['--input-type=module', '--eval', PROBE, path];
  const { stdout } = await run(process.execPath, args, { env: ENVIRONMENT });
  return Number(stdout);
}
