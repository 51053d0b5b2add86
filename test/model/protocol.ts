import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The code under check: what ships, or a copy with one mistake in it. */
export interface Protocol {
  runTick: typeof import('../../core/run/flow.ts').runTick;
  finalize: typeof import('../../core/run/finalize.ts').finalize;
  sweep: typeof import('../../core/run/sweep.ts').sweep;
  DynamoLedger: typeof import('../../core/ledger/dynamodb.ts').DynamoLedger;
}

/** The folder `core` of the project. */
export const CORE = resolve(import.meta.dirname, '../../core');

/** Loads the protocol from a folder `core`. */
export async function loadProtocol(core: string = CORE): Promise<Protocol> {
  const load = (file: string) => import(pathToFileURL(join(core, file)).href);
  const { runTick } = await load('run/flow.ts');
  const { finalize } = await load('run/finalize.ts');
  const { sweep } = await load('run/sweep.ts');
  const { DynamoLedger } = await load('ledger/dynamodb.ts');
  return { runTick, finalize, sweep, DynamoLedger };
}
