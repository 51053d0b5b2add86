import type { IncomingHttpHeaders } from 'node:http';
import { ACCOUNT, REGION } from '../../local/resolve.ts';

/** A request as IAM sees it. */
export interface ApiCall {
  /** The session token that came along: whose credentials it was sent with. */
  who: string;
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
}

export interface ApiRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Asked = Omit<ApiCall, 'who'>;
// biome-ignore lint/suspicious/noExplicitAny: what is asked is different for each action
type Input = any;

/**
 * What a request asks of IAM; nothing where it needs no permission, or is none to AWS.
 *
 * @throws Error for a request that is not known here: it would go unseen
 */
export function apiCallsOf({ method, path, headers, body }: ApiRequest): ApiCall[] {
  const who = String(headers['x-amz-security-token'] ?? '');
  const said = asked(method, path, headers, body);
  return said.map((one) => ({ who, ...one }));
}

function asked(method: string, path: string, headers: IncomingHttpHeaders, body: string): Asked[] {
  const [service = '', operation = ''] = String(headers['x-amz-target'] ?? '').split('.');
  if (service.startsWith('DynamoDB')) return ofDynamoDB(operation, JSON.parse(body));
  if (service.startsWith('Logs')) {
    const { logGroupName } = JSON.parse(body);
    return [ask(`logs:${operation}`, arn('logs', `log-group:${logGroupName}:*`))];
  }
  const [, fn] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
  if (fn !== undefined) {
    const name = decodeURIComponent(fn).replace(/^arn:.*:function:/, '');
    return [ask('lambda:InvokeFunction', arn('lambda', `function:${name}`))];
  }
  const [, schedule] = /^\/schedules\/([^/?]+)/.exec(path) ?? [];
  if (schedule !== undefined) return ofScheduler(method, decodeURIComponent(schedule), path, body);
  if (path === '/v2/email/outbound-emails') {
    const { FromEmailAddress: from } = JSON.parse(body);
    return [ask('ses:SendEmail', arn('ses', `identity/${from}`), { 'ses:FromAddress': from })];
  }
  if (body.includes('Action=')) return ofQuery(new URLSearchParams(body));
  if (path.startsWith('/world/') || path === '/cloud.json') return [];
  throw new Error(`nobody knows which permission ${method} ${path} ${operation} needs`);
}

function ofDynamoDB(operation: string, input: Input): Asked[] {
  const action = `dynamodb:${operation}`;
  const table = (name: string) => arn('dynamodb', `table/${name}`);
  if (operation === 'BatchGetItem')
    return Object.entries<Input>(input.RequestItems).map(([name, { Keys }]) =>
      ask(action, table(name), leading(Keys.map(keyOf))),
    );
  if (operation === 'Query') {
    const [, value = ''] = /= (:\w+)/.exec(input.KeyConditionExpression) ?? [];
    const index = input.IndexName ? `/index/${input.IndexName}` : '';
    const key = input.ExpressionAttributeValues[value].S;
    return [ask(action, table(input.TableName) + index, leading([key]))];
  }
  const item = input.Key ?? input.Item;
  return [ask(action, table(input.TableName), item ? leading([keyOf(item)]) : {})];
}

function leading(keys: string[]): Asked['context'] {
  return { 'dynamodb:LeadingKeys': keys };
}

/** The partition key of the ledger's tables; that of others is not asked for by any policy. */
function keyOf(key: Record<string, { S?: string }>): string {
  return key.lock?.S ?? key.job?.S ?? Object.values(key)[0]?.S ?? '';
}

const ON_SCHEDULES: Record<string, string> = {
  GET: 'GetSchedule',
  POST: 'CreateSchedule',
  PUT: 'UpdateSchedule',
  DELETE: 'DeleteSchedule',
};

function ofScheduler(method: string, name: string, path: string, body: string): Asked[] {
  const { GroupName, Target } = body ? JSON.parse(body) : ({} as Input);
  const query = new URLSearchParams(path.split('?')[1]);
  const group = GroupName ?? query.get('groupName') ?? 'default';
  const action = `scheduler:${ON_SCHEDULES[method]}`;
  const calls = [ask(action, arn('scheduler', `schedule/${group}/${name}`))];
  if (Target?.RoleArn)
    calls.push(
      ask('iam:PassRole', Target.RoleArn, { 'iam:PassedToService': 'scheduler.amazonaws.com' }),
    );
  return calls;
}

function ofQuery(query: URLSearchParams): Asked[] {
  const action = query.get('Action') ?? '';
  // It needs no permission.
  if (action === 'GetCallerIdentity') return [];
  if (action === 'Publish') return [ask('sns:Publish', query.get('TopicArn') ?? '')];
  const stack = query.get('StackName') ?? '';
  // A nested one is asked for by its ARN.
  const isArn = stack.startsWith('arn:');
  const resource = isArn ? stack : arn('cloudformation', `stack/${stack}/0f8fad5b`);
  return [ask(`cloudformation:${action}`, resource)];
}

function ask(action: string, resource: string, context: Asked['context'] = {}): Asked {
  return { action, resource, context };
}

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}
