import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request that reached EventBridge's, Lambda's or SNS's API. */
export interface AwsRequest {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** What stands at the addresses of EventBridge Scheduler, Lambda and SNS, until the test is finished. */
export interface Aws {
  endpoint: string;
  requests: AwsRequest[];
  /** Those of SNS. */
  published: AwsRequest[];
  /** What it answers; by default that all is well. */
  answers: RequestListener;
}

/** That all is well, as CreateSchedule, an asynchronous Invoke and Publish say it. */
const accepted: RequestListener = ({ url = '' }, response) => {
  if (url === '/') {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
    );
    return;
  }
  const isInvoke = url.includes('/invocations');
  response.writeHead(isInvoke ? 202 : 200, { 'content-type': 'application/json' });
  response.end(isInvoke ? '' : JSON.stringify({ ScheduleArn: 'arn:aws:scheduler:::schedule/s' }));
};

/** An error as these two APIs answer it. */
export function refusing(type: string, status: number): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
    response.end(JSON.stringify({ Message: 'no' }));
  };
}

export async function startAws(): Promise<Aws> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = '', url = '', headers } = request;
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const content = isForm
      ? Object.fromEntries(new URLSearchParams(body))
      : JSON.parse(body || '{}');
    // What SNS is told is kept apart: most tests ask what was delivered.
    const kept = isForm ? aws.published : aws.requests;
    kept.push({ method, path: url, headers, body: content });
    // A clock that differs from the test's would make the SDK correct its own and send again.
    response.sendDate = false;
    aws.answers(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const aws: Aws = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    published: [],
    answers: accepted,
  };
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return aws;
}
