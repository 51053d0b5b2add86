import { randomUUID } from 'node:crypto';
import {
  type ActionContext,
  type ActionRequest,
  type Actor,
  perform,
} from '../core/operations/actions.ts';
import type { Campaign } from '../core/operations/note.ts';
import { AwsDispatcher } from '../functions/runtime/dispatcher.ts';
import { logAction } from './audit.ts';
import type { Connection } from './connection.ts';

/** What is tried again works in the end, or there is an error; what is closed or turned is told by the sweeper. */
const SILENT = { info() {}, warn() {}, error() {} };

/**
 * Does what the console's buttons do, in the name of whoever typed it.
 *
 * @returns what came of it, in one line
 * @throws Refused where it can not be done
 */
export async function act(
  connection: Connection,
  request: ActionRequest,
  why?: string,
): Promise<string> {
  const said: { message: string; note: object }[] = [];
  const log = {
    ...SILENT,
    info: (message: string, { note }: Record<string, unknown>) =>
      void said.push({ message, note: note as object }),
  };
  const context = { ...(await contextOf(connection)), log };
  try {
    return await perform(request, connection.jobs, actorOf(connection, why), context);
  } finally {
    for (const { message, note } of said) await logAction(message, note, connection);
  }
}

function actorOf({ by }: Connection, why: string | undefined): Actor {
  return { by, via: 'cli', ...(why !== undefined && { why }) };
}

/** What an action needs of the cloud that is meant. */
export async function contextOf(connection: Connection): Promise<ActionContext> {
  const { store, ledger, settings } = connection;
  const clock = await clockOf(connection);
  return {
    store,
    ledger,
    // The local cloud's clock is not this machine's: what is planned by it would be at the wrong time.
    dispatcher: new AwsDispatcher(settings, clock),
    clock,
    newId: randomUUID,
    log: SILENT,
    closed() {},
    turned() {},
  };
}

/** The cloud's clock, for the moments that a verb takes. */
async function clockOf({ now }: Pick<Connection, 'now'>): Promise<() => number> {
  const ahead = (await now()) - Date.now();
  return () => Date.now() + ahead;
}

/**
 * Writes down what takes many steps: what came of it so far takes the place of what was written before.
 *
 * @returns writes it
 */
export async function noteOnce(
  connection: Connection,
  what: Campaign,
  job: string,
  why?: string,
): Promise<(outcome: string) => Promise<void>> {
  const at = new Date(await connection.now()).toISOString();
  const note = { ...actorOf(connection, why), id: randomUUID(), at, what, job };
  return async (outcome) => {
    await logAction(`action: ${job} ${what}`, { ...note, outcome }, connection);
    await connection.store.addNote({ ...note, outcome });
  };
}
