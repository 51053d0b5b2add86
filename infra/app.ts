import { App, Tags } from 'aws-cdk-lib';
import { deployedOf } from '../core/run/limits.ts';
import { GroupError, ScheduleError } from '../core/schedule/error.ts';
import { BundleError } from './bundle-error.ts';
import { bundledCode } from './code.ts';
import { OPERATOR_ENTRIES } from './constructs/operator.ts';
import { PEOPLES_ENTRIES } from './constructs/people.ts';
import { BadContext, readOptions } from './context.ts';
import { readList } from './list.ts';
import { PunctualStack } from './punctual-stack.ts';
import { type Stage, stages } from './stages.ts';

/**
 * What cdk.json runs. Context, as `-c key=value`: `stage` (dev or prod; default dev), `schedules` (another
 * list of jobs), `mailFrom` (the address the example jobs send from), `alertEmail` (an address that gets the
 * alerts), `healthUrl` (true: the health report has a URL).
 */
const app = new App();
try {
  const name: string = app.node.tryGetContext('stage') ?? 'dev';
  const stage = stages[name as Stage['name']];
  if (!stage)
    throw new BadContext(`stage '${name}' is unknown; one of ${Object.keys(stages).join(', ')}`);
  const jobs = await readList(app.node.tryGetContext('schedules'));
  const entries = [...jobs.map(({ entry }) => entry), ...OPERATOR_ENTRIES, ...PEOPLES_ENTRIES];
  const stack = new PunctualStack(app, `punctual-${stage.name}`, {
    stage,
    jobs,
    codeOf: await bundledCode(app, entries, { PUNCTUAL_JOBS: jobs.map(deployedOf) }),
    mailFrom: app.node.tryGetContext('mailFrom') ?? 'builds@example.com',
    ...readOptions(app),
    description: 'Punctual: scheduled functions that run once, on time, and leave a record',
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  });
  Tags.of(stack).add('punctual:stage', stage.name);
  app.synth();
} catch (error) {
  // What is the user's to mend is one line, not a stack trace of CDK's.
  const mendable = [ScheduleError, GroupError, BadContext, BundleError];
  if (!mendable.some((type) => error instanceof type)) throw error;
  console.error((error as Error).message);
  process.exit(2);
}
