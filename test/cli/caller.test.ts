import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Caller } from '../../cli/caller.ts';
import { refusal, startBadStore } from '../support/bad-store.ts';

const EVENT = {
  job: 'report',
  scheduledTime: '2026-03-01T09:00Z',
  trigger: 'backfill',
  attempt: 1,
} as const;

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0); // how long the SDK waits between tries
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** What a call comes to where Lambda answers with an error. */
async function call(error: string, status: number): Promise<unknown> {
  const lambda = await startBadStore(refusal(error, status));
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
  const caller = new Caller('punctual-dev', 1_000, 1);
  try {
    return await caller.call(EVENT, async () => 0);
  } finally {
    caller.close();
    await lambda.stop();
  }
}

test.each([
  ['RequestTooLargeException', 413],
  ['AccessDeniedException', 403],
  ['KMSDisabledException', 400],
])('%s is told: it would come again', async (error, status) => {
  await expect(call(error, status)).rejects.toThrow(expect.objectContaining({ name: error }));
});

test.each([
  ['TooManyRequestsException', 429],
  ['ResourceConflictException', 409],
  ['ServiceException', 500],
])('%s goes by: it is no answer', async (error, status) => {
  expect(await call(error, status)).toBeUndefined();
});
