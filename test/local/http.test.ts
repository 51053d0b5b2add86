import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Mailbox } from '../../local/email.ts';
import { HttpServer } from '../../local/http.ts';

let server: HttpServer;

beforeEach(async () => {
  server = await HttpServer.listen(0);
});

afterEach(() => server.close());

test('answers with what it was asked with', async () => {
  server.answer = async ({ query, headers, ...request }) => ({
    status: 201,
    body: JSON.stringify({ ...request, x: query.get('x'), kind: headers['x-kind'] }),
  });
  const response = await fetch(`${server.url}/world/workers/w1?x=1`, {
    method: 'POST',
    headers: { 'X-Kind': 'worker' },
    body: 'hé',
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({
    method: 'POST',
    path: '/world/workers/w1',
    x: '1',
    kind: 'worker',
    body: 'hé',
  });
});

test('is reached from this machine only', () => {
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('an answer that fails is a 500, and the next one is given', async () => {
  server.answer = ({ path }) => {
    if (path === '/bad') throw new Error('no such thing');
    return { status: 204 };
  };
  expect((await fetch(`${server.url}/bad`)).status).toBe(500);
  expect((await fetch(`${server.url}/good`)).status).toBe(204);
});

test('a port that is taken is refused in one line', async () => {
  const port = Number(new URL(server.url).port);
  await expect(HttpServer.listen(port)).rejects.toThrow(
    `port ${port} is taken; end what listens on it, or choose another one with --port`,
  );
});

describe('the mailbox, asked by the SDK', () => {
  const client = () =>
    new SESv2Client({
      endpoint: server.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  const Simple = {
    Subject: { Data: 'Build b1 finished' },
    Body: { Text: { Data: 'It took 3 minutes.' } },
  };

  function mailboxAt(time: number): Mailbox {
    const mailbox = new Mailbox();
    server.answer = ({ body }) => mailbox.receive(body, time);
    return mailbox;
  }

  test('keeps what is sent and answers with a message id', async () => {
    const mailbox = mailboxAt(42);
    const Destination = { ToAddresses: ['ann@example.com'], CcAddresses: ['bob@example.com'] };
    const command = new SendEmailCommand({
      FromEmailAddress: 'builds@example.com',
      Destination,
      Content: { Simple },
    });
    expect((await client().send(command)).MessageId).toBe('local-1');
    expect(mailbox.emails).toEqual([
      {
        time: 42,
        from: 'builds@example.com',
        to: ['ann@example.com', 'bob@example.com'],
        subject: 'Build b1 finished',
        text: 'It took 3 minutes.',
      },
    ]);
  });

  test.each([
    ['nobody', new SendEmailCommand({ Content: { Simple } })],
    [
      'no subject',
      new SendEmailCommand({
        Destination: { ToAddresses: ['a@b'] },
        Content: { Raw: { Data: new Uint8Array() } },
      }),
    ],
  ])('refuses an e-mail to %s, as SES does', async (_, command) => {
    const mailbox = mailboxAt(42);
    await expect(client().send(command)).rejects.toMatchObject({ name: 'BadRequestException' });
    expect(mailbox.emails).toEqual([]);
  });
});
