import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

export type Item = Record<string, AttributeValue>;

export type Expressions = Pick<
  UpdateItemCommandInput,
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
>;

/**
 * One conditional update of one item, as it is put together. `#name` stands for the attribute of that
 * name, unless `named` says what else it stands for.
 */
export class Update {
  readonly #sets: string[] = [];
  readonly #removes: string[] = [];
  readonly #conditions: string[] = [];
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, unknown> = {};

  set(...assignments: string[]): this {
    this.#sets.push(...assignments);
    return this;
  }

  remove(...paths: string[]): this {
    this.#removes.push(...paths);
    return this;
  }

  /** All of them must hold. */
  onlyIf(...conditions: string[]): this {
    this.#conditions.push(...conditions);
    return this;
  }

  /** `{ '#me': 'some key' }` */
  named(names: Record<string, string>): this {
    Object.assign(this.#names, names);
    return this;
  }

  /** `{ ':tick': '2026-03-01T09:00Z' }` */
  with(values: Record<string, unknown>): this {
    Object.assign(this.#values, values);
    return this;
  }

  /** Of the expressions what a request has that is no update. */
  condition(): Omit<Expressions, 'UpdateExpression'> {
    const { UpdateExpression: _, ...condition } = this.expressions();
    return condition;
  }

  expressions(): Expressions {
    const update = [
      this.#sets.length > 0 && `SET ${this.#sets.join(', ')}`,
      this.#removes.length > 0 && `REMOVE ${this.#removes.join(', ')}`,
    ];
    const UpdateExpression = update.filter(Boolean).join(' ');
    const ConditionExpression = this.#conditions.join(' AND ');
    const used = `${UpdateExpression} ${ConditionExpression}`.match(/#\w+/g) ?? [];
    const values = marshall(this.#values, { removeUndefinedValues: true });
    return {
      UpdateExpression,
      ...(ConditionExpression && { ConditionExpression }),
      ExpressionAttributeNames: Object.fromEntries(
        used.map((name) => [name, this.#names[name] ?? name.slice(1)]),
      ),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    };
  }
}

/** DynamoDB's TTL counts in seconds. It deletes days late, so no decision ever rests on it. */
export function expiry(now: number, days: number): number {
  return Math.floor(now / 1000) + days * 24 * 3600;
}
