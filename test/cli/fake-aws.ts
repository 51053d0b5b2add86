import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Beacon } from '../../local/beacon.ts';
import { formationOf } from '../support/formation.ts';

/** A request for log lines, and what was asked. */
type LogsAsked = Record<string, unknown>;

/** CloudFormation, STS and CloudWatch Logs, as far as the command line asks them, with one stack. */
export interface FakeAws {
  /** What a process needs to take it for AWS. */
  environment: Record<string, string>;
  logsAsked: LogsAsked[];
  close(): void;
}

/**
 * @param beacon of the local cloud whose stack it shows
 * @param lines of the stack's log group
 * @param shards in how many nested stacks it shows the jobs. Default: in none, but in the stack itself
 */
export async function startFakeAws(
  beacon: Beacon,
  lines: readonly object[],
  shards = 0,
): Promise<FakeAws> {
  const logsAsked: LogsAsked[] = [];
  const formation = formationOf(beacon, shards);
  const answerTo = (asked: URLSearchParams): { status?: number; body: string } => {
    const action = asked.get('Action') ?? '';
    if (action === 'GetCallerIdentity')
      return result(action, '<Arn>arn:aws:iam::123456789012:user/ada</Arn>');
    const name = asked.get('StackName');
    if (action === 'DescribeStacks' && name !== beacon.stack)
      return {
        status: 400,
        body: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
      };
    const content = formation[action]?.(asked);
    return content === undefined ? { status: 501, body: '' } : result(action, content);
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (String(request.headers['x-amz-target']).endsWith('.FilterLogEvents')) {
      logsAsked.push(JSON.parse(body));
      const events = lines.map((line, i) => ({
        eventId: String(i),
        timestamp: Date.parse('2026-03-01T09:03:00Z') + i,
        message: JSON.stringify(line),
      }));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      return response.end(JSON.stringify({ events }));
    }
    const answer = answerTo(new URLSearchParams(body));
    response.writeHead(answer.status ?? 200, { 'content-type': 'text/xml' }).end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: {
      AWS_REGION: beacon.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_CLOUDFORMATION: url,
      AWS_ENDPOINT_URL_STS: url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
      AWS_ENDPOINT_URL_DYNAMODB: beacon.dynamodb,
    },
    logsAsked,
    close: () => server.close(),
  };
}

function result(action: string, body: string) {
  return {
    body: `<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`,
  };
}
