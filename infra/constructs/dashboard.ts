import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  CustomWidget,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MetricName } from '../../core/run/metric-names.ts';
import { ofJobs, ofStack, PERIOD } from '../metrics.ts';
import { RUN_TIMES } from '../saved-queries.ts';
import type { Alarms } from './alarms.ts';
import type { Deliveries } from './deliveries.ts';

export interface DashboardProps {
  alarms: Alarms;
  console: IFunction;
  deliveries: Deliveries;
  logs: ILogGroup;
}

/** The grid of a dashboard. */
const WHOLE = 24;
const [HALF, THIRD] = [WHOLE / 2, WHOLE / 3];

/** The dashboard: what rings, the console, and graphs that explain what rings. Of its size for any number of jobs. */
export class Dashboard extends Construct {
  readonly #stack: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { stackName, region } = Stack.of(this);
    this.#stack = stackName;
    const { dashboardName } = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: stackName,
      defaultInterval: Duration.days(1),
      widgets: [
        [this.#alarms(props)],
        [this.#console(props)],
        [this.#runs(), this.#skips()],
        [this.#durations(), this.#timeouts(props)],
        [this.#startDelays(), this.#lockWaits(), this.#store()],
        [this.#eventBridge(props), this.#queue(props), this.#sweeper()],
      ],
    });
    new CfnOutput(this, 'DashboardUrl', {
      value: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`,
      description: 'The dashboard, with the console on it',
    }).overrideLogicalId('DashboardUrl');
  }

  #alarms({ alarms }: DashboardProps): IWidget {
    return new AlarmStatusWidget({
      title: 'Alarms',
      alarms: [...alarms.all],
      width: WHOLE,
      height: 3,
    });
  }

  /** CloudWatch calls the function as the person who looks: who may not, sees no jobs and can do nothing. */
  #console({ console }: DashboardProps): IWidget {
    return new CustomWidget({
      title: 'Console',
      functionArn: console.functionArn,
      width: WHOLE,
      height: 18,
      updateOnRefresh: true,
      // It shows the present: neither its size nor the time range of the graphs changes that.
      updateOnResize: false,
      updateOnTimeRangeChange: false,
      params: { view: 'jobs' },
    });
  }

  #runs(): IWidget {
    return this.#graph('Runs', HALF, {
      left: this.#counts('Succeeded', 'Failed', 'TimedOut', 'Crashed', 'Skipped', 'Missed'),
      stacked: true,
    });
  }

  #skips(): IWidget {
    return this.#graph('Skips, misses and what failed for good', HALF, {
      left: this.#counts('Skipped', 'Missed', 'FailedForGood'),
      right: this.#counts('Duplicate', 'Waiting'),
    });
  }

  #durations(): IWidget {
    return this.#graph('Duration, the 20 longest jobs (ms)', HALF, {
      left: [ofJobs(this.#stack, 'Duration')],
    });
  }

  /** By the log, which knows each run's timeout: as a metric it would cost for every job. */
  #timeouts({ logs }: DashboardProps): IWidget {
    return new LogQueryWidget({
      title: 'Duration against timeout',
      logGroupNames: [logs.logGroupName],
      queryString: RUN_TIMES,
      width: HALF,
      height: 6,
    });
  }

  #startDelays(): IWidget {
    return this.#graph('Start delay, the 20 latest jobs (ms)', THIRD, {
      left: [ofJobs(this.#stack, 'StartDelay')],
    });
  }

  #lockWaits(): IWidget {
    const wait = (statistic: string, label: string) =>
      ofStack(this.#stack, 'LockWait', { statistic, label });
    return this.#graph('What the lock costs (ms)', THIRD, {
      left: [
        wait(Stats.percentile(50), 'half of the runs'),
        wait(Stats.percentile(95), '95 %'),
        wait(Stats.MAXIMUM, 'longest'),
      ],
    });
  }

  #store(): IWidget {
    return this.#graph('Requests to the store that were sent again', THIRD, {
      left: [ofJobs(this.#stack, 'StoreRetries', Stats.SUM)],
    });
  }

  #eventBridge({ deliveries: { group } }: DashboardProps): IWidget {
    const over = { period: PERIOD };
    return this.#graph('EventBridge', THIRD, {
      left: [
        group.metricTargetErrors({ ...over, label: 'refused by the function' }),
        group.metricTargetThrottled({ ...over, label: 'throttled by Lambda' }),
        group.metricThrottled({ ...over, label: 'throttled by EventBridge' }),
        group.metricDropped({ ...over, label: 'dropped' }),
        group.metricSentToDLQ({ ...over, label: 'sent to the queue of failures' }),
        group.metricFailedToBeSentToDLQ(undefined, { ...over, label: 'lost' }),
      ],
      right: [group.metricAttempts({ ...over, label: 'attempts' })],
    });
  }

  #queue({ deliveries: { failures, poison } }: DashboardProps): IWidget {
    const over = { period: PERIOD, statistic: Stats.MAXIMUM };
    return this.#graph('Failures to finalize', THIRD, {
      left: [
        failures.metricApproximateNumberOfMessagesVisible({ ...over, label: 'waiting' }),
        failures.metricApproximateNumberOfMessagesNotVisible({ ...over, label: 'in work' }),
        poison.metricApproximateNumberOfMessagesVisible({ ...over, label: 'dead letters' }),
      ],
      right: [failures.metricApproximateAgeOfOldestMessage({ ...over, label: 'oldest (s)' })],
    });
  }

  #sweeper(): IWidget {
    const now = (label: MetricName) =>
      ofStack(this.#stack, label, { statistic: Stats.MAXIMUM, label });
    return this.#graph('The sweeper', THIRD, {
      left: [now('Paused'), now('Overdue'), ...this.#counts('Alerts')],
      right: this.#counts('Sweeps'),
    });
  }

  #counts(...names: MetricName[]): IMetric[] {
    return names.map((label) => ofStack(this.#stack, label, { label }));
  }

  #graph(
    title: string,
    width: number,
    graph: { left: IMetric[]; right?: IMetric[]; stacked?: boolean },
  ): IWidget {
    const leftYAxis = { min: 0, showUnits: false };
    return new GraphWidget({
      title,
      width,
      height: 6,
      leftYAxis,
      rightYAxis: leftYAxis,
      ...graph,
    });
  }
}
