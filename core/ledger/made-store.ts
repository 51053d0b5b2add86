import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Made } from '../run/made.ts';
import { LOCK_EXISTS, LOCK_IS_NEW } from './conditions.ts';
import type { Tables } from './dynamodb.ts';
import { Requests } from './requests.ts';
import type { Surroundings } from './tries.ts';
import { type Item, Update } from './update.ts';

/** The key of the registry in the locks table. A job's name has no colon, so that no lock is called so. */
export const REGISTRY = 'schedules:';

/** Without it of two people who make a schedule of one name the second would replace the first one's. */
const NAME_IS_FREE = 'attribute_not_exists(#made.#name)';

/** Without it a schedule that somebody has made anew would be forgotten with the old one. */
const MADE_UNCHANGED = '#made.#name.#since = :since';

/** What the registry's item holds; nothing where there is none. */
export function madeIn(item: Item | undefined): Made[] {
  const made = item ? (unmarshall(item).made as Record<string, StoredMade>) : {};
  return Object.entries(made).map(([name, { payload, ...rest }]) => ({
    ...rest,
    name,
    ...(payload !== undefined && { payload: JSON.parse(payload) }),
  }));
}

/** The payload as JSON text: DynamoDB's numbers are not JavaScript's. */
type StoredMade = Omit<Made, 'name' | 'payload'> & { payload?: string };

/**
 * The schedules that were made at run time: one item, which the sweeper reads with the locks. EventBridge
 * has them, too, but to ask it would take a request for each. Its methods throw `StoreError` as a ledger's do.
 */
export class MadeStore {
  readonly #requests: Requests;
  readonly #place: { table: string; key: { lock: string } };

  /** @param client must not retry by itself (`maxAttempts: 1`), as a ledger's */
  constructor(client: DynamoDBClient, tables: Tables, surroundings: Surroundings) {
    this.#requests = new Requests(client, surroundings);
    this.#place = { table: tables.locks, key: { lock: REGISTRY } };
  }

  async read(): Promise<Made[]> {
    return madeIn(await this.#requests.get('readMade', this.#place));
  }

  /** @returns false where there is one of that name, which stays */
  async add({ name, payload, ...rest }: Made): Promise<boolean> {
    const stored = { ...rest, ...(payload !== undefined && { payload: JSON.stringify(payload) }) };
    const update = () =>
      new Update()
        .set('#made.#name = :made')
        .onlyIf(LOCK_EXISTS, NAME_IS_FREE)
        .named({ '#name': name })
        .with({ ':made': stored });
    const { refused, item } = await this.#requests.update('addMade', this.#place, update());
    if (!refused) return true;
    if (item ?? (await this.#requests.get('addMade', this.#place))) return false;
    const first = new Update().set('#made = :none').onlyIf(LOCK_IS_NEW).with({ ':none': {} });
    await this.#requests.update('addMade', this.#place, first);
    return !(await this.#requests.update('addMade', this.#place, update())).refused;
  }

  /** Forgets one as it was seen; false where it is another by now, or none. */
  async remove({ name, since }: Pick<Made, 'name' | 'since'>): Promise<boolean> {
    const update = new Update()
      .remove('#made.#name')
      .onlyIf(MADE_UNCHANGED)
      .named({ '#name': name })
      .with({ ':since': since });
    return !(await this.#requests.update('removeMade', this.#place, update)).refused;
  }
}
