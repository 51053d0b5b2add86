import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { StoreError, troubleOf } from '../../../core/ledger/errors.ts';
import {
  answer,
  cutAnswer,
  halfAnAnswer,
  hangUp,
  nobodysEndpoint,
  refusal,
  silence,
  startBadStore,
} from '../../support/bad-store.ts';

const LOCAL = { region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

/** What the real SDK throws where `endpoint` is the store. */
async function thrownAt(endpoint: string, more: { credentials?: () => never } = {}) {
  const client = new DynamoDBClient({
    ...LOCAL,
    endpoint,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true, socketTimeout: 1_000 },
    ...more,
  });
  try {
    const command = new GetItemCommand({ TableName: 'locks', Key: { lock: { S: 'report' } } });
    return await client.send(command).then(
      () => expect.unreachable('the SDK took it for an answer'),
      (error: Error) => error,
    );
  } finally {
    client.destroy();
  }
}

describe('what the SDK throws is told apart', () => {
  test.each([
    ['throttled', 'ThrottlingException'],
    ['throttled', 'ProvisionedThroughputExceededException'],
    ['throttled', 'RequestLimitExceeded'],
    ['contended', 'TransactionConflictException'],
    ['contended', 'ReplicatedWriteConflictException'],
    ['denied', 'AccessDeniedException'],
    ['denied', 'ExpiredTokenException'],
    ['denied', 'UnrecognizedClientException'],
    ['denied', 'InvalidSignatureException'],
    ['denied', 'ResourceNotFoundException'],
    ['unavailable', 'InternalServerError', 500],
    ['unavailable', 'ServiceUnavailable', 503],
  ])('%s: %s', async (trouble, type, status = 400) => {
    const store = await startBadStore(refusal(type, status));
    expect(troubleOf(await thrownAt(store.endpoint))).toBe(trouble);
    await store.stop();
  });

  test.each([
    ['an empty 500', answer(500, '')],
    ['an empty 404 of something in between', answer(404, '')],
    ['an empty 429 of something in between', answer(429, '')],
    ['a page of HTML', answer(503, '<html>')],
    ['a page of HTML that says 200', answer(200, '<html>')],
    ['half an answer', halfAnAnswer],
    ['an answer cut off', cutAnswer],
    ['a hung-up socket', hangUp],
    ['no answer at all', silence],
  ])('unavailable: %s', async (_, misbehave) => {
    const store = await startBadStore(misbehave);
    expect(troubleOf(await thrownAt(store.endpoint))).toBe('unavailable');
    await store.stop();
  });

  test('unavailable: nobody listens', async () => {
    expect(troubleOf(await thrownAt(await nobodysEndpoint()))).toBe('unavailable');
  });

  test('denied: there are no credentials', async () => {
    const credentials = () => {
      throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
    };
    expect(troubleOf(await thrownAt(await nobodysEndpoint(), { credentials }))).toBe('denied');
  });

  test.each(['ConditionalCheckFailedException', 'ValidationException', 'SerializationException'])(
    'no trouble of the store: %s',
    async (type) => {
      const store = await startBadStore(refusal(type));
      const error = await thrownAt(store.endpoint);
      expect(error.name).toBe(type);
      expect(troubleOf(error)).toBeUndefined();
      await store.stop();
    },
  );
});

test('a StoreError carries no frames: Lambda would print them', () => {
  const { stack } = new StoreError('denied', 'acquire: denied');
  expect(stack).toBe('StoreError: acquire: denied');
});
