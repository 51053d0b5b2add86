import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { holds, type Item, updated } from './expressions.ts';

/** A request of the protocol, as plain data. */
export type Request =
  | { kind: 'update'; input: UpdateItemCommandInput }
  | { kind: 'put'; input: PutItemCommandInput }
  | { kind: 'get'; input: GetItemCommandInput };

/** What the store answers: the output of the SDK, or a refusal. */
export type Answer =
  | { kind: 'output'; output: { Attributes?: Item; Item?: Item } }
  | { kind: 'refused'; item?: Item };

/** Whether a refusal brings the item, as DynamoDB's does; dynalite's does not. */
export interface StoreTraits {
  returnsItem: boolean;
}

/** DynamoDB's semantics of one request on one item, without a side effect. */
export function apply(
  item: Item | undefined,
  request: Request,
  traits: StoreTraits,
): { item: Item | undefined; answer: Answer } {
  if (request.kind === 'get') {
    return { item, answer: { kind: 'output', output: item ? { Item: item } : {} } };
  }
  const { kind, input } = request;
  const placeholders = {
    names: input.ExpressionAttributeNames ?? {},
    values: input.ExpressionAttributeValues ?? {},
  };
  if (input.ConditionExpression && !holds(input.ConditionExpression, item, placeholders)) {
    return { item, answer: { kind: 'refused', ...(item && traits.returnsItem && { item }) } };
  }
  if (kind === 'put') return { item: input.Item, answer: { kind: 'output', output: {} } };
  const after = updated(
    input.UpdateExpression ?? '',
    item ?? { ...(input.Key as Item) },
    placeholders,
  );
  return { item: after, answer: { kind: 'output', output: outputFor(input, item, after) } };
}

function outputFor(
  { ReturnValues }: UpdateItemCommandInput,
  before: Item | undefined,
  after: Item,
) {
  if (ReturnValues === 'UPDATED_NEW') return { Attributes: changed(before ?? {}, after) };
  return ReturnValues === 'ALL_NEW' ? { Attributes: after } : {};
}

/** The top-level attributes that an update touched; enough for whoever asks for UPDATED_NEW here. */
function changed(before: Item, after: Item): Item {
  const touched = Object.entries(after).filter(([name, value]) => !same(before[name], value));
  return Object.fromEntries(touched);
}

const same = (a?: AttributeValue, b?: AttributeValue) => JSON.stringify(a) === JSON.stringify(b);

/** A command of the SDK as a request of the model. */
export function requestOf(command: unknown): Request {
  if (command instanceof UpdateItemCommand) return { kind: 'update', input: command.input };
  if (command instanceof PutItemCommand) return { kind: 'put', input: command.input };
  if (command instanceof GetItemCommand) return { kind: 'get', input: command.input };
  throw new Error('the protocol makes no such request');
}

/** What the SDK gives its caller for an answer. */
export function outputOf(answer: Answer): unknown {
  if (answer.kind === 'output') return answer.output;
  throw new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(answer.item && { Item: answer.item }),
  });
}

/** A client that answers from memory: the store for tests that need none. */
export class MemoryClient {
  readonly #items = new Map<string, Item>();
  readonly #traits: StoreTraits;

  constructor(traits: StoreTraits = { returnsItem: true }) {
    this.#traits = traits;
  }

  async send(command: unknown): Promise<unknown> {
    const request = requestOf(command);
    const key = keyOf(request);
    const { item, answer } = apply(this.#items.get(key), request, this.#traits);
    if (item) this.#items.set(key, item);
    return outputOf(answer);
  }
}

/** Table and key of the one item a request is about; only rows are put. */
export function keyOf({ kind, input }: Request): string {
  const key = kind === 'put' ? { job: input.Item?.job, tick: input.Item?.tick } : input.Key;
  return `${input.TableName} ${JSON.stringify(key)}`;
}
