import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { CodeOf } from './code.ts';
import { Application } from './constructs/application.ts';
import { JobFunction } from './constructs/job.ts';
import { Ledger } from './constructs/ledger.ts';
import { Operator, SWEEPER_ENTRY } from './constructs/operator.ts';
import type { ListedJob } from './list.ts';
import type { Stage } from './stages.ts';

export interface PunctualStackProps extends StackProps {
  stage: Stage;
  jobs: readonly ListedJob[];
  codeOf: CodeOf;
  /** The address e-mail is sent from; an identity verified in SES. */
  mailFrom: string;
}

/** Everything of one stage. */
export class PunctualStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, jobs, codeOf, mailFrom, ...props }: PunctualStackProps,
  ) {
    super(scope, id, props);

    const { logRetention } = stage;

    // Where it is written who may run, and what became of every tick.
    const ledger = new Ledger(this, 'Ledger', stage);

    // What the example jobs work on.
    const application = new Application(this, 'Application', { stage, mailFrom });

    // One group for all schedules: a schedule can not move to another group later.
    const group = new ScheduleGroup(this, 'Schedules', {
      scheduleGroupName: id,
      // CDK would keep it, and the next deploy of the same stage would meet its name.
      removalPolicy: RemovalPolicy.DESTROY,
    });

    // One function and its schedules a job, in a scope of their own: a job may have any name.
    const functions = new Construct(this, 'Jobs');
    const schedules = jobs.flatMap((job) => {
      const code = codeOf(job.entry);
      const made = new JobFunction(functions, job.name, { job, code, ledger, group, logRetention });
      application.grant(made.function, job.access);
      return made.schedules;
    });

    // What watches over them: ticks that left no row, and holders that died.
    const code = codeOf(SWEEPER_ENTRY);
    new Operator(this, 'Operator', { code, schedules, ledger, group, logRetention });
  }
}
