import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { connectLedger, ledgerClient } from '../../../functions/runtime/ledger.ts';
import { answer, halfAnAnswer, silence, startBadStore } from '../../support/bad-store.ts';

const settings = { locksTable: 'locks', runsTable: 'runs' };
/** Milliseconds. */
const patience = { connect: 100, answer: 100 };

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => {
    random.mockRestore();
    vi.unstubAllEnvs();
  };
});

/** A ledger on a store that does this, with what it warned of. */
async function connect(misbehave: Parameters<typeof startBadStore>[0], given?: typeof patience) {
  const store = await startBadStore(misbehave);
  onTestFinished(() => store.stop());
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', store.endpoint);
  const warn = vi.fn();
  const log = { info: warn, warn, error: warn };
  return { store, warn, ledger: connectLedger(settings, log, undefined, given) };
}

test.each([
  ['says nothing', silence],
  ['stops in the middle of an answer', halfAnAnswer],
])('a store that %s is given up, try after try', async (_, misbehave) => {
  const { store, warn, ledger } = await connect(misbehave, patience);
  await expect(ledger.readLock('report')).rejects.toMatchObject({
    name: 'StoreError',
    trouble: 'unavailable',
    elapsed: expect.any(Number),
  });
  // The SDK's own tries would come on top of these, unclassified and unlogged.
  expect(store.requests).toBe(5);
  expect(warn.mock.calls.map(([, { tries }]) => tries)).toEqual([1, 2, 3, 4, 5]);
});

test('one connection serves request after request', async () => {
  const { store, ledger } = await connect(answer(200, {}));
  for (let reads = 0; reads < 3; reads++) await ledger.readLock('report');
  expect(store).toMatchObject({ requests: 3, connections: 1 });
});

test('the SDK puts nothing together for a log of its own', () => {
  const steps = ledgerClient().middlewareStack.identify();
  expect(steps).toContain('serializerMiddleware - serialize');
  expect(steps.filter((step) => /log/i.test(step))).toEqual([]);
});
