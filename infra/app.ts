import { App, Tags } from 'aws-cdk-lib';
import { ScheduleError } from '../core/schedule/error.ts';
import { BadContext, readList } from './list.ts';
import { PunctualStack } from './punctual-stack.ts';
import { type Stage, stages } from './stages.ts';

/**
 * What cdk.json runs. Context, as `-c key=value`: `stage` (dev or prod; default dev), `schedules` (another
 * list of jobs), `mailFrom` (the address the example jobs send from).
 */
const app = new App();
try {
  const name: string = app.node.tryGetContext('stage') ?? 'dev';
  const stage = stages[name as Stage['name']];
  if (!stage)
    throw new BadContext(`stage '${name}' is unknown; one of ${Object.keys(stages).join(', ')}`);
  const stack = new PunctualStack(app, `punctual-${stage.name}`, {
    stage,
    jobs: await readList(app.node.tryGetContext('schedules')),
    mailFrom: app.node.tryGetContext('mailFrom') ?? 'builds@example.com',
    description: 'Punctual: scheduled functions that run once, on time, and leave a record',
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  });
  Tags.of(stack).add('punctual:stage', stage.name);
  app.synth();
} catch (error) {
  // A wrong setting is one line, not a stack trace of CDK's.
  if (!(error instanceof ScheduleError || error instanceof BadContext)) throw error;
  console.error(error.message);
  process.exit(2);
}
