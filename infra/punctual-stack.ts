import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { lockOf } from '../core/run/limits.ts';
import type { CodeOf } from './code.ts';
import { Alarms } from './constructs/alarms.ts';
import { Alerts } from './constructs/alerts.ts';
import { Application } from './constructs/application.ts';
import { Catalogue } from './constructs/catalogue.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { Deliveries } from './constructs/deliveries.ts';
import { JobFunction } from './constructs/job.ts';
import { Ledger } from './constructs/ledger.ts';
import { Operator } from './constructs/operator.ts';
import { People } from './constructs/people.ts';
import { Queries } from './constructs/queries.ts';
import type { Options } from './context.ts';
import type { ListedJob } from './list.ts';
import type { Stage } from './stages.ts';

export interface PunctualStackProps extends StackProps, Options {
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
    { stage, jobs, codeOf, mailFrom, alertEmail, healthUrl, ...props }: PunctualStackProps,
  ) {
    // Indented, the template of ninety jobs would be more than the megabyte CloudFormation takes.
    super(scope, id, { ...props, suppressTemplateIndentation: true });

    // What all functions write: one group, so that one query sees it all.
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/punctual/${id}`,
      retention: stage.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });

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
    const shared = { ledger, deliveries, logs };
    const schedules = jobs.flatMap((job) => {
      const own = { job, members: sharingLock(job, jobs), code: codeOf(job.entry) };
      const made = new JobFunction(functions, job.name, { ...own, ...shared });
      application.grant(made.function, job.access);
      return made.schedules;
    });

    // Where people hear of trouble.
    const alerts = new Alerts(this, 'Alerts', { email: alertEmail });

    // What watches over the jobs: attempts that died, and ticks that left no row.
    new Operator(this, 'Operator', { codeOf, schedules, alerts, ...shared });

    // What people ask: the console, and the health report.
    const { console } = new People(this, 'People', { codeOf, healthUrl, ...shared });

    // What CloudWatch shows, and what it rings for.
    const { poison } = deliveries;
    const alarms = new Alarms(this, 'Alarms', { group, poison, alerts });
    new Dashboard(this, 'Dashboard', { alarms, console, deliveries, logs });
    new Queries(this, 'Queries', logs);

    // What the command line has to know.
    const { PUNCTUAL_FIRING_ROLE = '', PUNCTUAL_DEAD_LETTERS = '' } = deliveries.environment;
    new Catalogue(this, 'Catalogue', jobs, {
      LocksTable: ledger.locks.tableName,
      RunsTable: ledger.runs.tableName,
      FiringRole: PUNCTUAL_FIRING_ROLE,
      DeadLetters: PUNCTUAL_DEAD_LETTERS,
      LogGroup: logs.logGroupName,
    });
  }
}

/** The names of the jobs that take the same lock as this one. */
function sharingLock(job: ListedJob, jobs: readonly ListedJob[]): string[] {
  return jobs.filter((other) => lockOf(other) === lockOf(job)).map(({ name }) => name);
}
