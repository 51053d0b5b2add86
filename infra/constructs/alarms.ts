import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  MathExpression,
  type Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ofStack, PERIOD } from '../metrics.ts';
import type { Alerts } from './alerts.ts';

export interface AlarmsProps {
  group: IScheduleGroup;
  /** The dead letters of the queue of failures. */
  poison: IQueue;
  alerts: Alerts;
}

/** Longer than two sweeps and their delays, so that one that comes late rings nothing. */
const SILENCE = Duration.minutes(15);

interface Rule {
  metric: IMetric;
  /** One line: what it means. The runbook has the rest, under the alarm's name. */
  means: string;
  /** Default: rings where one period reaches 1. */
  rings?: { below?: boolean; periods?: number; of?: number };
  /** What a period without a datum is. Default: good. */
  missing?: TreatMissingData;
}

/**
 * Eight alarms, whatever the number of jobs: they watch what the stack counts for all of them.
 *
 * Only three of them write to the topic. What became of a job is told by the sweeper, which names job, tick
 * and reason where an alarm only knows a number. The three are those it can not tell: that it is silent
 * itself, that a failure could not be dealt with (perhaps because the store is away, and the sweeper with
 * it), and that EventBridge does not get through. The others are for the dashboard, and for whoever
 * wants to hang something of their own on them.
 */
export class Alarms extends Construct {
  readonly all: readonly (Alarm | CompositeAlarm)[];

  constructor(scope: Construct, id: string, { group, poison, alerts }: AlarmsProps) {
    super(scope, id);
    const stack = Stack.of(this).stackName;
    const failed = this.#alarm('Failed', {
      metric: filled(ofStack(stack, 'FailedForGood')),
      means: 'A run failed, and no attempt will follow',
    });
    const missed = this.#alarm('Missed', {
      metric: filled(ofStack(stack, 'Missed')),
      means: 'A tick did not run at its time, for want of a delivery or of the store',
    });
    const overdue = this.#alarm('Overdue', {
      metric: ofStack(stack, 'Overdue', { statistic: Stats.MAXIMUM }),
      means: 'A run has taken most of its timeout',
      // What the last sweep saw holds until the next.
      missing: TreatMissingData.IGNORE,
    });
    const paused = this.#alarm('Paused', {
      metric: ofStack(stack, 'Paused', { statistic: Stats.MAXIMUM }),
      means: 'A job is paused, by the breaker or by a person',
      missing: TreatMissingData.IGNORE,
    });
    const deadLetters = this.#alarm('DeadLetters', {
      metric: poison.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: Stats.MAXIMUM,
      }),
      means: 'The finalizer gave up on a failure: a tick may be left without a row',
      // SQS says nothing of a queue that nobody used for hours, full or empty.
      missing: TreatMissingData.IGNORE,
    });
    const undelivered = this.#alarm('Undelivered', {
      metric: this.#undelivered(group),
      means: 'EventBridge does not get through to the functions',
      // It tries again what was throttled once; a permission that is gone stays gone.
      rings: { periods: 3, of: 2 },
    });
    const silent = this.#alarm('SweeperSilent', {
      metric: filled(ofStack(stack, 'Sweeps', { period: SILENCE })),
      means: 'No sweep came to its end for 15 minutes: nobody looks for what is missed',
      rings: { below: true },
      missing: TreatMissingData.BREACHING,
    });
    for (const alarm of [deadLetters, undelivered, silent]) {
      const tell = new SnsAction(alerts.topic);
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
    }

    // Not the pauses: one that a person made, for a week, would hide whatever else is wrong meanwhile.
    const bad = [failed, missed, overdue, deadLetters, undelivered, silent];
    const unwell = new CompositeAlarm(this, 'Unwell', {
      compositeAlarmName: `${stack}-unwell`,
      alarmDescription: 'Punctual is unwell: one of its alarms rings. See docs/runbook.md#unwell',
      alarmRule: AlarmRule.anyOf(
        ...bad.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)),
      ),
    });
    this.all = [unwell, ...bad, paused];
  }

  #alarm(id: string, { metric, means, rings = {}, missing }: Rule): Alarm {
    const name = id.replace(/(?<=[a-z])[A-Z]/g, (capital) => `-${capital}`).toLowerCase();
    const { below = false, periods = 1, of = periods } = rings;
    return new Alarm(this, id, {
      alarmName: `${Stack.of(this).stackName}-${name}`,
      alarmDescription: `${means}. See docs/runbook.md#${name}`,
      metric,
      threshold: 1,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: of,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
  }

  /** EventBridge counts what went wrong, and says nothing where nothing did: added up without filling, one gap would hide the rest. */
  #undelivered(group: IScheduleGroup): MathExpression {
    return new MathExpression({
      expression: 'SUM([FILL(refused, 0), FILL(dropped, 0), FILL(lost, 0)])',
      usingMetrics: {
        refused: group.metricTargetErrors({ period: PERIOD }),
        dropped: group.metricDropped({ period: PERIOD }),
        lost: group.metricFailedToBeSentToDLQ(undefined, { period: PERIOD }),
      },
      label: 'Refused, dropped or lost',
      period: PERIOD,
    });
  }
}

/**
 * With a zero where there is no datum. An alarm looks further back than its periods, and goes by the last data
 * it finds there: without the zeros one good sweep would keep it silent for the better part of an hour,
 * and one failure would keep it ringing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function filled(metric: Metric): MathExpression {
  const { metricName, period } = metric;
  return new MathExpression({
    expression: 'FILL(counted, 0)',
    usingMetrics: { counted: metric },
    label: metricName,
    period,
  });
}
