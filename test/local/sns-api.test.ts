import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HttpServer } from '../../local/http.ts';
import { type Alert, SnsApi } from '../../local/sns-api.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:app-Alerts';

let server: HttpServer;
let client: SNSClient;
let api: SnsApi;
let heard: Alert[];

beforeEach(async () => {
  server = await HttpServer.listen(0);
  heard = [];
  api = new SnsApi([TOPIC], (alert) => heard.push(alert));
  server.answer = (request) => api.answer(request, 42) ?? { status: 404 };
  // As the functions have it, so that the SDK's name of the service is checked as well.
  vi.stubEnv('AWS_ENDPOINT_URL_SNS', server.url);
  client = new SNSClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await server.close();
});

const publish = (more: Partial<PublishCommandInput> = {}) =>
  client.send(new PublishCommand({ TopicArn: TOPIC, Message: 'It failed.', ...more }));

test('what is published is kept and told, with its subject and its attributes', async () => {
  const text = 'naïve & <b>\n100 % + 1=2';
  const { MessageId } = await publish({
    Subject: '[app-dev] sweep failed',
    Message: text,
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: 'failed' },
      job: { DataType: 'String', StringValue: 'sweep' },
    },
  });
  expect(MessageId).toMatch(/^[\da-f-]{36}$/);
  const subject = '[app-dev] sweep failed';
  const attributes = { kind: 'failed', job: 'sweep' };
  expect(api.alerts).toEqual([{ time: 42, topicArn: TOPIC, subject, text, attributes }]);
  expect(heard).toEqual(api.alerts);
});

test('a message needs neither a subject nor attributes', async () => {
  await publish();
  expect(heard).toMatchObject([{ subject: '', text: 'It failed.', attributes: {} }]);
});

test.each<[string, Partial<PublishCommandInput>, string, string]>([
  ['an unknown topic', { TopicArn: `${TOPIC}2` }, 'NotFoundException', 'Topic does not exist'],
  ['no text', { Message: '' }, 'InvalidParameterException', 'Invalid parameter: Empty message'],
  [
    'a text that is too long',
    { Message: 'x'.repeat(262_145) },
    'InvalidParameterException',
    'Invalid parameter: Message too long',
  ],
  [
    'a subject of 101 signs',
    { Subject: 'x'.repeat(101) },
    'InvalidParameterException',
    'Invalid parameter: Subject',
  ],
  [
    'a subject of two lines',
    { Subject: 'one\ntwo' },
    'InvalidParameterException',
    'Invalid parameter: Subject',
  ],
  [
    'a subject that is not ASCII',
    { Subject: 'naïve' },
    'InvalidParameterException',
    'Invalid parameter: Subject',
  ],
  [
    'an attribute without a value',
    { MessageAttributes: { job: { DataType: 'String', StringValue: '' } } },
    'InvalidParameterException',
    'Invalid parameter: Attribute 1 has no value',
  ],
])('%s is refused, as SNS does', async (_, more, name, message) => {
  await expect(publish(more)).rejects.toMatchObject({ name, message });
  expect(heard).toEqual([]);
});

test('what is not signed for SNS is for somebody else', async () => {
  const body = new URLSearchParams({ Action: 'Publish', TopicArn: TOPIC, Message: 'x' });
  expect((await fetch(server.url, { method: 'POST', body })).status).toBe(404);
  expect(heard).toEqual([]);
});
