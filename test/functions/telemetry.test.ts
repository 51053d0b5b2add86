import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import type { DynamoLedger } from '../../core/ledger/dynamodb.ts';
import type { Run } from '../../core/run/states.ts';
import type { JobRun } from '../../functions/job.ts';
import { nobodysEndpoint, refusal, startBadStore } from '../support/bad-store.ts';
import { type Store, startStore } from '../support/stores.ts';
import { WireTap } from '../support/wire-tap.ts';
import { coldStart, JOB, Printed } from './lambda.ts';
import { Present } from './present.ts';

let store: Store;
let ledger: DynamoLedger;
let printed: Printed;
const present = new Present();
beforeAll(async () => {
  store = await startStore('dynalite');
  ledger = store.ledgerAt(Date.now);
});
afterAll(() => store.stop());
beforeEach(() => {
  printed = new Printed();
  present.advance();
  return () => {
    vi.useRealTimers();
  };
});

const start = <P>(code: (run: JobRun<P>) => Promise<unknown>) =>
  coldStart(store.tap.endpoint, code);
const row = () => ledger.readRun(JOB, present.tick) as Promise<Run>;

describe('the log', () => {
  test('names the run in every line', async () => {
    const { invoke } = await start(async ({ log }) => log.info('working'));
    await invoke(present.due({ trigger: 'manual', attempt: 2, executionId: 'e-1' }));
    const { fence, instanceId, requestId } = await row();
    const run = {
      job: JOB,
      tick: present.tick,
      attempt: 2,
      trigger: 'manual',
      fencingToken: fence,
    };
    const keys = { ...run, instanceId, requestId, executionId: 'e-1' };
    expect(printed.saying('working')).toMatchObject([keys]);
    expect(printed.saying('run succeeded')).toMatchObject([
      { ...keys, level: 'INFO', outcome: { status: 'succeeded' }, duration: 0, timeout: 60_000 },
    ]);
  });

  test('says once that an environment started', async () => {
    const ids: unknown[] = [];
    for (let environments = 0; environments < 2; environments++) {
      const { invoke } = await start(async () => 'done');
      for (let ticks = 0; ticks < 2; ticks++) {
        await invoke(present.due());
        ids.push((await row()).instanceId);
        present.advance();
      }
    }
    const started = printed.saying('environment started');
    expect(started.map(({ instanceId }) => instanceId)).toEqual([ids[0], ids[2]]);
    expect(new Set(ids).size).toBe(2);
    expect(started).toMatchObject([
      { functionVersion: '$LATEST', memory: 256 },
      { functionVersion: '$LATEST', memory: 256 },
    ]);
  });

  test('carries nothing of one invocation into the next', async () => {
    const { invoke } = await start<{ project: string }>(async ({ payload, log }) => {
      if (payload) log.appendKeys({ project: payload.project });
    });
    await invoke(present.due({ executionId: 'e-1', payload: { project: 'apollo' } }));
    expect(printed.saying('run succeeded')).toMatchObject([{ project: 'apollo' }]);
    await expect(invoke({})).rejects.toThrow();
    const [refused] = printed.saying('refused: bad event');
    expect(refused).toMatchObject({ job: JOB, requestId: expect.any(String) });
    const ofRuns = ['tick', 'attempt', 'trigger', 'fencingToken', 'executionId', 'project'];
    expect(Object.keys(refused ?? {}).filter((key) => ofRuns.includes(key))).toEqual([]);
  });
});

describe('metrics', () => {
  const SERIES = { stack: 'punctual-dev', job: JOB };
  /** The only document that was printed: its metrics by name, and all that it declares of them. */
  const document = () => {
    expect(printed.metrics).toHaveLength(1);
    const [{ _aws, ...values } = {}] = printed.metrics;
    const [declared, ...others] = (_aws as { CloudWatchMetrics: unknown[] }).CloudWatchMetrics;
    expect(others).toEqual([]);
    return { values, declared };
  };
  const declaring = (...metrics: string[]) => ({
    Namespace: 'Punctual',
    Dimensions: [['stack', 'job'], ['stack']],
    Metrics: metrics.map((name) => expect.objectContaining({ Name: name })),
  });

  test('of a success', async () => {
    const { invoke } = await start(async () => present.advance());
    await invoke(present.due());
    const { values, declared } = document();
    expect(declared).toEqual(declaring('Succeeded', 'Duration', 'StartDelay', 'LockWait'));
    const durations = { Duration: 60_000, StartDelay: 1_500, LockWait: 0 };
    expect(values).toEqual({ ...SERIES, Succeeded: 1, ...durations });
  });

  test('of a failure', async () => {
    const { invoke } = await start(() => Promise.reject(new Error('no')));
    await invoke(present.due());
    const { values, declared } = document();
    const durations = { Duration: 0, StartDelay: 1_500, LockWait: 0 };
    expect(declared).toEqual(declaring('Failed', 'FailedForGood', ...Object.keys(durations)));
    expect(values).toEqual({ ...SERIES, Failed: 1, FailedForGood: 1, ...durations });
  });

  test('of what did not run', async () => {
    const { invoke } = await start(async () => 'done');
    await invoke(present.due());
    printed.text.length = 0;
    await invoke(present.due());
    const { values, declared } = document();
    expect(declared).toEqual(declaring('Duplicate'));
    expect(values).toEqual({ ...SERIES, Duplicate: 1 });
  });
});

test('requests that were sent again are counted with their run, and those after its row by themselves', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  onTestFinished(() => random.mockRestore());
  const line = await WireTap.before(store.tap.endpoint);
  // Claim, claim, record, release, release.
  line.loses = [1, 4];
  const { invoke } = await coldStart(line.endpoint, async () => 'done');
  await invoke(present.due());
  await line.stop();
  expect(printed.metrics.map(({ Succeeded, StoreRetries }) => [Succeeded, StoreRetries])).toEqual([
    [1, 1],
    [undefined, 1],
  ]);
});

describe('a store that can not be used', () => {
  /** Waits are a random part of something: here, nothing of it. */
  beforeEach(() => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0);
    return () => random.mockRestore();
  });
  afterEach(() => {
    // No outcome is counted where there was none; what was sent again is.
    const sentAgain = Math.max(0, tries().length - 1);
    const counted = { stack: 'punctual-dev', job: JOB, StoreRetries: sentAgain };
    expect(printed.metrics).toEqual(sentAgain > 0 ? [{ _aws: expect.anything(), ...counted }] : []);
    for (const line of printed.text) expect(line).not.toMatch(/\bat .*:\d+:\d+/);
  });

  const errors = () => printed.lines.filter(({ level }) => level === 'ERROR');
  const tries = () => printed.saying('store try failed').map(({ tries }) => tries);

  test('away: nothing runs, and one line at the end says why', async () => {
    const code = vi.fn();
    const { invoke } = await coldStart(await nobodysEndpoint(), code);
    const failure = await invoke(present.due()).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'StoreError', trouble: 'unavailable' });
    // Lambda prints this one.
    expect((failure as Error).stack).not.toContain('\n');
    expect(code).not.toHaveBeenCalled();
    expect(tries()).toEqual([1, 2, 3, 4, 5]);
    expect(errors()).toMatchObject([
      {
        message: 'did not run: store trouble',
        job: JOB,
        tick: present.tick,
        reason: 'unavailable',
        elapsed: expect.any(Number),
        cause: expect.stringContaining('ECONNREFUSED'),
      },
    ]);
    expect(printed.lines.at(-1)).toEqual(errors()[0]);
  });

  test('denied: said at once, with what was denied', async () => {
    const code = vi.fn();
    const denying = await startBadStore(refusal('AccessDeniedException'));
    const { invoke } = await coldStart(denying.endpoint, code);
    await expect(invoke(present.due())).rejects.toMatchObject({
      name: 'StoreError',
      trouble: 'denied',
    });
    expect(denying.requests).toBe(1);
    expect(code).not.toHaveBeenCalled();
    expect(errors()).toMatchObject([
      {
        message: 'did not run: store trouble',
        reason: 'denied',
        cause: 'acquire: denied after 1 try; AccessDeniedException: no',
      },
    ]);
    await denying.stop();
  });

  test('lost while the function ran: the line does not say that it was skipped', async () => {
    const line = await WireTap.before(store.tap.endpoint);
    const { invoke } = await coldStart(line.endpoint, () => line.stop());
    await expect(invoke(present.due())).rejects.toMatchObject({ name: 'StoreError' });
    expect(errors()).toMatchObject([
      { message: 'ran, but not finished: store trouble', reason: 'unavailable', attempt: 1 },
    ]);
  });
});
