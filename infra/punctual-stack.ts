import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { lockOf } from '../core/run/limits.ts';
import type { CodeOf } from './code.ts';
import { Application } from './constructs/application.ts';
import { Deliveries } from './constructs/deliveries.ts';
import { JobFunction } from './constructs/job.ts';
import { Ledger } from './constructs/ledger.ts';
import { Operator } from './constructs/operator.ts';
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
    // Indented, the template of eighty jobs would be more than the megabyte CloudFormation takes.
    super(scope, id, { ...props, suppressTemplateIndentation: true });

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

    // How deliveries reach the functions, and where those go that came to nothing.
    const deliveries = new Deliveries(this, 'Deliveries', group);

    // One function and its schedules a job, in a scope of their own: a job may have any name.
    const functions = new Construct(this, 'Jobs');
    const shared = { ledger, deliveries, logRetention };
    const schedules = jobs.flatMap((job) => {
      const own = { job, members: sharingLock(job, jobs), code: codeOf(job.entry) };
      const made = new JobFunction(functions, job.name, { ...own, ...shared });
      application.grant(made.function, job.access);
      return made.schedules;
    });

    // What watches over them: attempts that died, and ticks that left no row.
    new Operator(this, 'Operator', { codeOf, schedules, ...shared });
  }
}

/** The names of the jobs that take the same lock as this one. */
function sharingLock(job: ListedJob, jobs: readonly ListedJob[]): string[] {
  return jobs.filter((other) => lockOf(other) === lockOf(job)).map(({ name }) => name);
}
