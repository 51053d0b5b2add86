import type { SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { noteOfDeadLetter } from '../../../functions/runtime/dead-letter.ts';

const SURROUNDINGS = {
  functions: 'punctual-dev-fleet32',
  jobs: ['send.digests', 'sync'],
  now: Date.parse('2026-03-01T09:00:00Z'),
};
/** What Lambda says of an invocation of a function, with an event that tells nothing. */
const noteOf = (called: string, requestPayload: object = {}) => {
  const functionArn = `arn:aws:lambda:eu-central-1:000000000000:function:${called}:$LATEST`;
  const body = JSON.stringify({ requestContext: { functionArn }, requestPayload });
  const message = { messageId: 'm1', body } as SQSRecord;
  return noteOfDeadLetter(message, new Error('no luck'), SURROUNDINGS);
};

test('names the job by its function where the event does not', () => {
  expect(noteOf('punctual-dev-fleet32-send-digests').job).toBe('send.digests');
});

test('names the pool where its function does not say which of its jobs it was', () => {
  expect(noteOf('punctual-dev-fleet32-sync').job).toBe('sync');
  expect(noteOf('punctual-dev-fleet32-sync', { job: 'sync@tenant-2' }).job).toBe('sync@tenant-2');
});

test('does not take the function of another list, or of the list before it grew, for one of its own', () => {
  expect(noteOf('punctual-dev-send-digests').job).toBe('unknown');
});
