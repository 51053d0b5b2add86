import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { CodeOf } from './code.ts';
import { Alarms } from './constructs/alarms.ts';
import { Alerts } from './constructs/alerts.ts';
import { Application } from './constructs/application.ts';
import { Catalogue } from './constructs/catalogue.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { Deliveries } from './constructs/deliveries.ts';
import { Jobs } from './constructs/jobs.ts';
import { Ledger } from './constructs/ledger.ts';
import { Operator } from './constructs/operator.ts';
import { People } from './constructs/people.ts';
import { Queries } from './constructs/queries.ts';
import type { Options } from './context.ts';
import type { ListedJob } from './list.ts';
import { functionsOf } from './names.ts';
import { layoutOf } from './size.ts';
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

    // In how many stacks the jobs lie: in this one while they fit, else in a fleet of nested ones.
    const shards = layoutOf(jobs);
    const functions = functionsOf(id, shards);

    // How deliveries reach the functions, and where those go that came to nothing.
    const deliveries = new Deliveries(this, 'Deliveries', { group, functions });

    // One function and its schedules a job.
    const shared = { codeOf, ledger, deliveries, logs };
    const { schedules } = new Jobs(this, 'Jobs', { jobs, shards, application, ...shared });

    // Where people hear of trouble.
    const alerts = new Alerts(this, 'Alerts', { email: alertEmail });

    // What watches over the jobs: attempts that died, and ticks that left no row.
    new Operator(this, 'Operator', { schedules, alerts, ...shared });

    // What people ask: the console, and the health report.
    const { console } = new People(this, 'People', { healthUrl, ...shared });

    // What CloudWatch shows, and what it rings for.
    const { poison } = deliveries;
    const alarms = new Alarms(this, 'Alarms', { group, poison, alerts });
    new Dashboard(this, 'Dashboard', { alarms, console, deliveries, logs });
    new Queries(this, 'Queries', logs);

    // What the command line has to know.
    const { PUNCTUAL_FIRING_ROLE = '', PUNCTUAL_DEAD_LETTERS = '' } = deliveries.environment;
    new Catalogue(this, 'Catalogue', {
      functions,
      jobs: shards === 1 ? jobs : [],
      outputs: {
        LocksTable: ledger.locks.tableName,
        RunsTable: ledger.runs.tableName,
        FiringRole: PUNCTUAL_FIRING_ROLE,
        DeadLetters: PUNCTUAL_DEAD_LETTERS,
        LogGroup: logs.logGroupName,
      },
    });
  }
}
