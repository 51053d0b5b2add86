import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Lock } from '../../core/ledger/ledger.ts';
import type { Run } from '../../core/run/states.ts';
import type { Item } from './expressions.ts';
import { type Answer, apply, keyOf, type Request, type StoreTraits } from './memory-dynamodb.ts';

/** What one request does to one item. */
export interface Effect {
  /** The item afterwards. */
  item: number;
  answer: number;
}

/** Every item and answer there ever was, by number; 0 is no item. What a request does to an item is computed once. */
export class StoreStates {
  readonly answers: Answer[] = [];
  readonly #items: (Item | undefined)[] = [undefined];
  readonly #plain: unknown[] = [undefined];
  readonly #itemIds = new Map<string, number>();
  readonly #answerIds = new Map<string, number>();
  readonly #effects = new Map<number, Effect>();
  readonly #slots: string[];
  readonly #slotOfRequest: number[] = [];
  readonly #traits: StoreTraits;

  /** @param slots the keys of the items that there can be, in the order of a state's slots */
  constructor(slots: string[], traits: StoreTraits) {
    this.#slots = slots;
    this.#traits = traits;
  }

  /** Which slot a request is about. A key nobody thought of (a mutation's) gets the last. */
  slotOf(id: number, request: Request): number {
    let slot = this.#slotOfRequest[id];
    if (slot === undefined) {
      const index = this.#slots.indexOf(keyOf(request));
      slot = index < 0 ? this.#slots.length - 1 : index;
      this.#slotOfRequest[id] = slot;
    }
    return slot;
  }

  apply(requestId: number, request: Request, item: number): Effect {
    const key = requestId * 2 ** 26 + item;
    let effect = this.#effects.get(key);
    if (!effect) {
      const done = apply(this.#items[item], request, this.#traits);
      effect = { item: this.intern(done.item), answer: this.#internAnswer(done.answer) };
      this.#effects.set(key, effect);
    }
    return effect;
  }

  /** The lock as it is after somebody paused the job; undefined where there is none, or it is paused. */
  paused(id: number, job: string): number | undefined {
    const item = this.#items[id];
    if (!item || item.paused?.M?.[job]) return undefined;
    return this.intern({ ...item, paused: { M: { [job]: { M: { by: { S: 'ada' } } } } } });
  }

  /** An item as it is stored. */
  item(id: number): Item | undefined {
    return this.#items[id];
  }

  lock(id: number): Lock | undefined {
    return this.#plain[id] as Lock | undefined;
  }

  run(id: number): Run | undefined {
    return this.#plain[id] as Run | undefined;
  }

  intern(item: Item | undefined): number {
    if (!item) return 0;
    const key = canonical(item);
    let id = this.#itemIds.get(key);
    if (id === undefined) {
      id = this.#items.length;
      this.#items.push(item);
      this.#plain.push(unmarshall(item));
      this.#itemIds.set(key, id);
    }
    return id;
  }

  #internAnswer(answer: Answer): number {
    const key = canonical(answer);
    let id = this.#answerIds.get(key);
    if (id === undefined) {
      id = this.answers.length;
      this.answers.push(answer);
      this.#answerIds.set(key, id);
    }
    return id;
  }
}

/** JSON with its keys in order, so that equal items are one, however they came to be. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
