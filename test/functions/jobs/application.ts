import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { startDynamoDB } from '../../../local/dynamodb.ts';
import { STACK } from '../lambda.ts';

/** An e-mail as SES was asked to send it. */
export interface Captured {
  from: string;
  to: string;
  subject: string;
  text: string;
}

/** What the server answers: a status, a cut connection, or nothing for as long as it lives. */
export type Answer = number | 'hang up' | 'silence';

/** The application table, an SES and the sockets and workers, for the real modules to talk to. */
export interface Application {
  client: DynamoDBClient;
  table: string;
  /** Where sockets and workers are reached. */
  url: string;
  /** E-mails that reached SES, whatever it answered. */
  mails: Captured[];
  /** Calls of sockets and workers, such as `GET /s1`, in order. */
  calls: string[];
  /** What SES answers to an e-mail. */
  ses: (mail: Captured) => Answer;
  /** What a socket or a worker answers to a call. */
  line: (call: string) => Answer;
  put(item: Record<string, unknown>): Promise<void>;
  get(kind: string, id: string): Promise<Record<string, unknown>>;
  /** Empties the tables and forgets what came in; everything answers 200 again. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const KEYS = {
  application: ['kind', 'id'],
  locks: ['lock'],
  runs: ['job', 'tick'],
} as const;

/** Starts all of it on this machine and points the environment of this process at it. */
export async function startApplication(): Promise<Application> {
  const dynamo = await startDynamoDB('dynalite');
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url ?? '';
    let answer: Answer;
    if (path === '/v2/email/outbound-emails') {
      const mail = captured(JSON.parse(body));
      application.mails.push(mail);
      answer = application.ses(mail);
    } else {
      const call = `${request.method} ${path}`;
      application.calls.push(call);
      answer = application.line(call);
    }
    if (answer === 'silence') return;
    if (answer === 'hang up') return void request.socket.destroy();
    response.writeHead(answer, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer < 300 ? { MessageId: 'm' } : { message: 'no' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_SESV2: url,
    APPLICATION_TABLE: 'application',
    MAIL_FROM: 'builds@example.com',
    ...STACK,
    POWERTOOLS_DEV: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const client = new DynamoDBClient({});
  for (const [name, keys] of Object.entries(KEYS)) await createTable(client, name, keys);

  const application: Application = {
    client,
    table: 'application',
    url,
    mails: [],
    calls: [],
    ses: () => 200,
    line: () => 200,
    async put(item) {
      const Item = marshall(item, { removeUndefinedValues: true });
      await client.send(new PutItemCommand({ TableName: 'application', Item }));
    },
    async get(kind, id) {
      const key = { TableName: 'application', Key: marshall({ kind, id }), ConsistentRead: true };
      const { Item } = await client.send(new GetItemCommand(key));
      if (!Item) throw new Error(`no ${kind} ${id}`);
      return unmarshall(Item);
    },
    async clear() {
      for (const [name, keys] of Object.entries(KEYS)) await empty(client, name, keys);
      application.mails.length = 0;
      application.calls.length = 0;
      application.ses = () => 200;
      application.line = () => 200;
    },
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await dynamo.stop();
    },
  };
  return application;
}

/** A table with these keys; with the index `todo` where it is the application's. */
async function createTable(client: DynamoDBClient, name: string, keys: readonly string[]) {
  const todo = name === 'application' ? ['todo', 'since'] : [];
  const schema = (names: readonly string[]) =>
    names.map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
    }));
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...keys, ...todo].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: schema(keys),
      GlobalSecondaryIndexes:
        todo.length > 0
          ? [{ IndexName: 'todo', KeySchema: schema(todo), Projection: { ProjectionType: 'ALL' } }]
          : undefined,
    }),
  );
}

async function empty(client: DynamoDBClient, TableName: string, keys: readonly string[]) {
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  for (const item of Items) {
    const Key = Object.fromEntries(keys.map((key) => [key, item[key] as AttributeValue]));
    await client.send(new DeleteItemCommand({ TableName, Key }));
  }
}

function captured(request: {
  FromEmailAddress: string;
  Destination: { ToAddresses: string[] };
  Content: { Simple: { Subject: { Data: string }; Body: { Text: { Data: string } } } };
}): Captured {
  const { Subject, Body } = request.Content.Simple;
  return {
    from: request.FromEmailAddress,
    to: request.Destination.ToAddresses.join(),
    subject: Subject.Data,
    text: Body.Text.Data,
  };
}
