import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** What `#name` and `:value` stand for in one request. */
export interface Placeholders {
  names: Record<string, string>;
  values: Item;
}

/**
 * DynamoDB's condition and update expressions, as far as the protocol uses them. What it does not
 * know it refuses loudly: a wrong answer here would make the model prove something else.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export function holds(
  expression: string,
  item: Item | undefined,
  placeholders: Placeholders,
): boolean {
  const reader = new Reader(expression, item ?? {}, placeholders);
  const result = reader.either();
  reader.end();
  return result;
}

/**
 * Applies an update expression. Every right side sees the item as it was; a path whose parent does
 * not exist is an error, as in DynamoDB.
 */
export function updated(expression: string, item: Item, placeholders: Placeholders): Item {
  const result = structuredClone(item);
  const reader = new Reader(expression, item, placeholders);
  while (!reader.done()) {
    if (reader.take('SET')) {
      do {
        const path = reader.path();
        reader.expect('=');
        set(result, path, reader.sum());
      } while (reader.take(','));
    } else {
      reader.expect('REMOVE');
      do unset(result, reader.path());
      while (reader.take(','));
    }
  }
  return result;
}

const TOKEN = /\s*([#:]?\w+|<>|<=|>=|[=<>(),.+])/y;

class Reader {
  readonly #tokens: string[] = [];
  readonly #item: Item;
  readonly #placeholders: Placeholders;
  #next = 0;

  constructor(expression: string, item: Item, placeholders: Placeholders) {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < expression.trimEnd().length) {
      const [, token] = TOKEN.exec(expression) ?? [];
      if (!token) throw new Error(`the model's store can not read '${expression}'`);
      this.#tokens.push(token);
    }
    this.#item = item;
    this.#placeholders = placeholders;
  }

  done(): boolean {
    return this.#next === this.#tokens.length;
  }

  end(): void {
    if (!this.done())
      throw new Error(`the model's store did not expect '${this.#tokens[this.#next]}'`);
  }

  take(token: string): boolean {
    const found = this.#tokens[this.#next] === token;
    if (found) this.#next += 1;
    return found;
  }

  expect(token: string): void {
    if (!this.take(token))
      throw new Error(`the model's store expected '${token}', not '${this.#tokens[this.#next]}'`);
  }

  either(): boolean {
    let result = this.both();
    while (this.take('OR')) result = this.both() || result;
    return result;
  }

  both(): boolean {
    let result = this.condition();
    while (this.take('AND')) result = this.condition() && result;
    return result;
  }

  condition(): boolean {
    if (this.take('(')) {
      const result = this.either();
      this.expect(')');
      return result;
    }
    if (this.take('attribute_exists')) return this.#argument() !== undefined;
    if (this.take('attribute_not_exists')) return this.#argument() === undefined;
    const left = this.operand();
    const operator = this.#token();
    return compare(left, operator, this.operand());
  }

  /** `a`, `a + b` or `if_not_exists(a, b) + c`. */
  sum(): AttributeValue {
    const left = this.operand();
    if (!this.take('+')) return defined(left);
    const right = this.operand();
    return { N: String(Number(defined(left).N) + Number(defined(right).N)) };
  }

  operand(): AttributeValue | undefined {
    if (this.take('size')) return sizeOf(this.#argument());
    if (this.take('if_not_exists')) {
      this.expect('(');
      const found = get(this.#item, this.path());
      this.expect(',');
      const fallback = this.operand();
      this.expect(')');
      return found ?? fallback;
    }
    if (!this.#tokens[this.#next]?.startsWith(':')) return get(this.#item, this.path());
    const name = this.#token();
    return defined(this.#placeholders.values[name]);
  }

  path(): string[] {
    const path = [this.#name()];
    while (this.take('.')) path.push(this.#name());
    return path;
  }

  #argument(): AttributeValue | undefined {
    this.expect('(');
    const value = get(this.#item, this.path());
    this.expect(')');
    return value;
  }

  #name(): string {
    const name = this.#placeholders.names[this.#token()];
    if (!name) throw new Error(`the model's store knows no name '${this.#tokens[this.#next - 1]}'`);
    return name;
  }

  #token(): string {
    const token = this.#tokens[this.#next];
    if (!token) throw new Error(`the model's store expected more`);
    this.#next += 1;
    return token;
  }
}

function defined(value: AttributeValue | undefined): AttributeValue {
  if (value === undefined)
    throw new Error('ValidationException: an attribute in the expression does not exist');
  return value;
}

/** Of a map; DynamoDB knows the size of other values, too, which nobody asks for here. */
function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  return value?.M && { N: String(Object.keys(value.M).length) };
}

/** Whatever the order of keys. */
function same(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return isDeepStrictEqual(left, right);
}

/** A comparison with an attribute that does not exist is false, `<>` excepted. */
function compare(
  left: AttributeValue | undefined,
  operator: string,
  right: AttributeValue | undefined,
): boolean {
  if (operator === '<>') return !same(left, right);
  if (!left || !right) return false;
  if (operator === '=') return same(left, right);
  const [a, b] =
    left.N !== undefined && right.N !== undefined
      ? [Number(left.N), Number(right.N)]
      : [left.S ?? '', right.S ?? ''];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      throw new Error(`the model's store knows no '${operator}'`);
  }
}

function get(item: Item, path: string[]): AttributeValue | undefined {
  return path.reduce<AttributeValue | undefined>((value, name) => value?.M?.[name], { M: item });
}

function parentOf(item: Item, path: string[]): Item | undefined {
  return get(item, path.slice(0, -1))?.M;
}

function set(item: Item, path: string[], value: AttributeValue): void {
  const parent = parentOf(item, path);
  if (!parent) throw new Error('ValidationException: the document path is invalid for update');
  // A copy: one value may be set at several paths, and must not be one object there.
  parent[path.at(-1) as string] = structuredClone(value);
}

function unset(item: Item, path: string[]): void {
  const parent = parentOf(item, path);
  if (parent) delete parent[path.at(-1) as string];
}
