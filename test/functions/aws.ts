import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request that reached EventBridge's or Lambda's API. */
export interface AwsRequest {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** What stands at the addresses of EventBridge Scheduler and Lambda, until the test is finished. */
export interface Aws {
  endpoint: string;
  requests: AwsRequest[];
  /** What it answers; by default that all is well. */
  answers: RequestListener;
}

/** That all is well, as CreateSchedule and an asynchronous Invoke say it. */
const accepted: RequestListener = ({ url = '' }, response) => {
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
    aws.requests.push({ method, path: url, headers, body: body ? JSON.parse(body) : {} });
    // A clock that differs from the test's would make the SDK correct its own and send again.
    response.sendDate = false;
    aws.answers(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const aws: Aws = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answers: accepted,
  };
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return aws;
}
