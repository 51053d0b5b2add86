import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { METRICS } from '../../core/run/metric-names.ts';
import { SAVED_QUERIES } from '../../infra/saved-queries.ts';
import { templateOf } from '../support/template.ts';
import { View } from './view.ts';

const RUNBOOK = readFileSync(resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  // biome-ignore lint/suspicious/noExplicitAny: differs from type to type
  properties: Record<string, any>;
}

let template: Template;
let view: View;
let widgets: Widget[];
beforeAll(async () => {
  template = await templateOf('dev');
  view = new View(template);
  widgets = widgetsOf(view);
});

function widgetsOf(stack: View): Widget[] {
  const [, { DashboardBody }] = stack.one('AWS::CloudWatch::Dashboard', () => true);
  return JSON.parse(DashboardBody).widgets;
}

const alarms = () => [...view.all('AWS::CloudWatch::Alarm')];
const alarm = (name: string) =>
  view.one('AWS::CloudWatch::Alarm', ({ AlarmName }) => AlarmName === `punctual-dev-${name}`);
const unwell = () => view.one('AWS::CloudWatch::CompositeAlarm', () => true);
const titled = (title: string) =>
  widgets.find(({ properties }) => properties.title === title) as Widget;

/** The metric of an alarm that takes a missing datum for none: without that it goes by an old one for long. */
// biome-ignore lint/suspicious/noExplicitAny: a template's properties
function countedIn({ Metrics }: Record<string, any>) {
  const [filled, counted] = Metrics;
  expect(filled.Expression).toBe(`FILL(${counted.Id}, 0)`);
  const { Metric, ...how } = counted.MetricStat;
  return { MetricName: Metric.MetricName, ...how };
}

describe('metrics', () => {
  /** `[namespace, name, dimension, value ..]` of each graph's line, with `.` as what stood above it. */
  const lines = () =>
    widgets.flatMap(({ properties: { metrics = [] } }) =>
      metrics.map((line: unknown[]) => line.filter((part) => typeof part === 'string')),
    ) as string[][];
  const searches = () =>
    widgets.flatMap(({ properties: { metrics = [] } }) =>
      metrics.flatMap(([line]: { expression?: string }[]) => line?.expression ?? []),
    ) as string[];
  const ours = () => {
    const inGraphs = lines().filter(([namespace]) => namespace === 'Punctual');
    const inAlarms = alarms()
      .flatMap(([, { Metrics = [], ...own }]) => [
        own,
        ...Metrics.map(
          ({ MetricStat }: { MetricStat?: { Metric: unknown } }) => MetricStat?.Metric,
        ),
      ])
      .filter((metric) => metric?.Namespace === 'Punctual');
    return { inGraphs, inAlarms };
  };

  test('that are shown or rung for are ones that the code counts', () => {
    const { inGraphs, inAlarms } = ours();
    const searched = searches().map((search) => search.match(/MetricName="(\w+)"/)?.[1]);
    const shown = [...inGraphs.map(([, name]) => name), ...searched];
    const rung = inAlarms.map(({ MetricName }) => MetricName);
    expect(shown.length).toBeGreaterThan(15);
    expect(rung).toHaveLength(5);
    for (const name of [...shown, ...rung]) expect(METRICS).toContain(name);
    // The other way round: what costs money is shown somewhere.
    expect(METRICS.filter((name) => !shown.includes(name))).toEqual([]);
  });

  test('no name of ours is anywhere else in the template', () => {
    const { inGraphs, inAlarms } = ours();
    const mentions = JSON.stringify(template.toJSON()).match(/[{"\\]Punctual[,"\\]/g) ?? [];
    // One in each line and search, and the list of the metadata.
    const used = inGraphs.length + inAlarms.length + searches().length;
    expect(mentions.length).toBe(used + 1);
  });

  test('are those of the stack: another stage may live in the same account', () => {
    const { inGraphs, inAlarms } = ours();
    for (const line of inGraphs) expect(line.slice(2)).toEqual(['stack', 'punctual-dev']);
    for (const { Dimensions } of inAlarms)
      expect(Dimensions).toEqual([{ Name: 'stack', Value: 'punctual-dev' }]);
    for (const search of searches())
      expect(search).toMatch(/\{Punctual,stack,job\} MetricName="\w+" stack="punctual-dev"/);
  });

  test("EventBridge's are of the group of our schedules", () => {
    const [names, groups] = [1, 3].map((i) =>
      lines()
        .filter(([namespace]) => namespace === 'AWS/Scheduler')
        .map((line) => line[i]),
    );
    expect(names?.sort()).toEqual([
      'InvocationAttemptCount',
      'InvocationDroppedCount',
      'InvocationThrottleCount',
      'InvocationsFailedToBeSentToDeadLetterCount',
      'InvocationsSentToDeadLetterCount',
      'TargetErrorCount',
      'TargetErrorThrottledCount',
    ]);
    expect(new Set(groups)).toEqual(new Set(['punctual-dev']));
  });
});

describe('alarms', () => {
  test('are eight, whatever the number of jobs', async () => {
    const settings = { every: '1 hour', handler: 'update-stuck-builds' } as const;
    const list = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`job-${i}`, settings]));
    const many = new View(await templateOf('dev', list));
    for (const stack of [view, many]) {
      expect(stack.all('AWS::CloudWatch::Alarm').size).toBe(7);
      expect(stack.all('AWS::CloudWatch::CompositeAlarm').size).toBe(1);
    }
    expect(JSON.stringify(widgetsOf(many))).toEqual(JSON.stringify(widgets));
  });

  test('a sweeper that is silent for fifteen minutes rings, also where it never spoke', () => {
    const [, silent] = alarm('sweeper-silent');
    expect(countedIn(silent)).toEqual({ MetricName: 'Sweeps', Stat: 'Sum', Period: 900 });
    expect(silent).toMatchObject({
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test.each([
    ['failed', 'FailedForGood'],
    ['missed', 'Missed'],
  ])('%s rings for one, and is silent once there was none for five minutes', (name, MetricName) => {
    const [, found] = alarm(name);
    expect(countedIn(found)).toEqual({ MetricName, Stat: 'Sum', Period: 300 });
    expect(found).toMatchObject({
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  test.each([
    ['overdue', 'Overdue', 'Maximum', 'ignore'],
    ['paused', 'Paused', 'Maximum', 'ignore'],
    ['dead-letters', 'ApproximateNumberOfMessagesVisible', 'Maximum', 'ignore'],
  ])('%s rings for one', (name, MetricName, Statistic, TreatMissingData) => {
    expect(alarm(name)[1]).toMatchObject({
      MetricName,
      Statistic,
      Period: 300,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData,
    });
  });

  test('dead letters are those of the queue that nothing reads', () => {
    const [poison] = view.one('AWS::SQS::Queue', ({ RedrivePolicy }) => !RedrivePolicy);
    expect(alarm('dead-letters')[1].Dimensions).toEqual([
      { Name: 'QueueName', Value: `${poison}.QueueName` },
    ]);
  });

  test('EventBridge rings where it does not get through for longer than a hiccup', () => {
    const [, { Metrics, ...undelivered }] = alarm('undelivered');
    expect(undelivered).toMatchObject({
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
    });
    const [sum, ...parts] = Metrics;
    expect(sum.Expression).toBe('SUM([FILL(refused, 0), FILL(dropped, 0), FILL(lost, 0)])');
    const named = parts.map((part: { MetricStat: { Metric: { MetricName: string } } }) => [
      part.MetricStat.Metric.MetricName,
    ]);
    expect(named.flat()).toEqual([
      'TargetErrorCount',
      'InvocationDroppedCount',
      'InvocationsFailedToBeSentToDeadLetterCount',
    ]);
  });

  test('only those write to the topic whose news the sweeper can not tell', () => {
    const [topic] = view.one('AWS::SNS::Topic', () => true);
    const writing = alarms().filter(([, { AlarmActions, OKActions }]) => AlarmActions || OKActions);
    expect(writing.map(([, { AlarmName }]) => AlarmName).sort()).toEqual([
      'punctual-dev-dead-letters',
      'punctual-dev-sweeper-silent',
      'punctual-dev-undelivered',
    ]);
    for (const [, { AlarmActions, OKActions }] of writing)
      expect([AlarmActions, OKActions]).toEqual([[topic], [topic]]);
    expect(unwell()[1]).not.toHaveProperty('AlarmActions');
  });

  test('Punctual is unwell where any rings, but for pauses', () => {
    const [paused] = alarm('paused');
    const expected = alarms()
      .map(([id]) => id)
      .filter((id) => id !== paused)
      .map((id) => `ALARM("${id}.Arn")`);
    const named = unwell()[1].AlarmRule.match(/ALARM\("[^"]+"\)/g);
    expect(named.sort()).toEqual(expected.sort());
    expect(unwell()[1].AlarmRule).not.toMatch(/AND|NOT/);
  });

  test('are all in the runbook, under the heading that their description names', () => {
    const all = [...alarms(), unwell()];
    const descriptions = all.map(([, { AlarmDescription }]) => AlarmDescription as string);
    for (const description of descriptions) {
      const [, anchor] = description.match(/docs\/runbook\.md#([\w-]+)$/) ?? [];
      const headings = [...RUNBOOK.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        heading?.toLowerCase().replaceAll(' ', '-'),
      );
      expect(headings).toContain(anchor);
    }
  });
});

describe('the dashboard', () => {
  test('shows every alarm first', () => {
    const [first] = widgets;
    const ids = [...alarms(), unwell()].map(([id]) => `${id}.Arn`);
    expect(first).toMatchObject({ type: 'alarm', y: 0 });
    expect(first?.properties.alarms.sort()).toEqual(ids.sort());
  });

  test('holds the console, which is asked again with every refresh', () => {
    const [console] = view.functionOf('punctual-console');
    expect(titled('Console')).toMatchObject({
      type: 'custom',
      width: 24,
      properties: {
        endpoint: `${console}.Arn`,
        updateOn: { refresh: true, resize: false, timeRange: false },
        params: { view: 'jobs' },
      },
    });
  });

  test("holds durations against timeouts, by the log's query", () => {
    const slowest = SAVED_QUERIES.find(({ name }) => name.startsWith('The slowest'))?.text;
    const { query } = titled('Duration against timeout').properties;
    const [logs] = view.one('AWS::Logs::LogGroup', () => true);
    expect(query).toBe(`SOURCE '${logs}' | ${slowest}`);
  });

  test('shows the queue of failures, and its dead letters', () => {
    const text = JSON.stringify(titled('Failures to finalize').properties.metrics);
    for (const [id] of view.all('AWS::SQS::Queue')) expect(text).toContain(`${id}.QueueName`);
    expect(text).toContain('ApproximateAgeOfOldestMessage');
  });

  test('has room for every widget, none over another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let i = 0; i < width * height; i++) {
        const place = `${x + (i % width)},${y + Math.floor(i / width)}`;
        expect(taken).not.toContain(place);
        taken.add(place);
      }
    }
  });
});
