/**
 * AWS's list prices in US dollars, us-east-1, as of March 2026; other regions differ by some percent.
 * https://aws.amazon.com/lambda/pricing/ (Arm), https://aws.amazon.com/eventbridge/pricing/,
 * https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/cloudwatch/pricing/
 */
export const PRICES = {
  as: 'us-east-1, March 2026',
  lambda: { request: 0.2e-6, gigabyteSecond: 0.0000133334 },
  scheduler: { invocation: 1e-6 },
  dynamodb: { writeUnit: 0.625e-6, readUnit: 0.125e-6 },
  /** A metric costs by the hour in which it has a datum; an alarm by the metrics it looks at. */
  cloudwatch: {
    metricMonth: 0.3,
    alarmMetricMonth: 0.1,
    compositeAlarmMonth: 0.5,
    dashboardMonth: 3,
    logGigabyte: 0.5,
  },
} as const;

/** What is free each month in an account, whatever else it runs. */
export const FREE = {
  lambdaRequests: 1_000_000,
  lambdaGigabyteSeconds: 400_000,
  schedulerInvocations: 14_000_000,
  metrics: 10,
  alarms: 10,
  dashboards: 3,
} as const;

/** What the stack has, whatever its list. A test holds it against the template. */
export const STACK = {
  /** What its alarms look at: one metric each, and three in one of them. */
  alarmMetrics: 9,
  compositeAlarms: 1,
  dashboards: 1,
  /** What the sweeper counts: Sweeps, Paused, Overdue, Alerts. */
  metrics: 4,
  sweepsADay: 288,
  sweeperMemory: 256,
} as const;

/** What is taken for granted where nothing was measured. */
export const ASSUMED = {
  /** Milliseconds of the code of a job that has no runs yet. */
  duration: 1_000,
  /** Milliseconds that claim, record and release take of a run. */
  ledger: 30,
  /** Milliseconds of a cold start, and how long an environment is kept for the next run. */
  coldStart: 400,
  keptWarm: 5 * 60_000,
  /** Milliseconds of a sweep. */
  sweep: 500,
  /** What an undisturbed run costs. */
  writeUnits: 3,
  /** What a job that does well counts: Succeeded, Duration, StartDelay, LockWait. */
  metrics: 4,
  /** Bytes of log of a run. */
  logBytes: 2_000,
} as const;
