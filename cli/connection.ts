import type { Ledger } from '../core/ledger/ledger.ts';
import type { MadeStore } from '../core/ledger/made-store.ts';
import type { OperationsStore } from '../core/ledger/operations-store.ts';
import type { Dispatcher } from '../core/run/dispatcher.ts';
import type { Deployed } from '../core/run/limits.ts';
import type { OperatorSettings } from '../functions/runtime/settings.ts';
import { Misuse } from './problem.ts';

/** Which cloud is meant, as every verb takes it. */
export interface Target {
  /** The cloud that runs on this machine, or its address. Default: if one is up and nothing of AWS is named. */
  local?: boolean | string;
  /** A stack by its name. */
  stack?: string;
  /** `dev` is the stack `punctual-dev`. */
  stage?: string;
  profile?: string;
  region?: string;
}

/** A deployed stack, or the local cloud: the same to every verb. */
export interface Connection {
  isLocal: boolean;
  /** The stack's name; its schedules' group has the same. */
  stack: string;
  region: string;
  /** The list as it was deployed, and what was made at run time. */
  jobs: readonly Deployed[];
  /** Tables, group, role and queue. */
  settings: OperatorSettings;
  /** The log group of all functions; on this machine the folder of their logs. */
  logs: string;
  /** Who types: an IAM identity, or the user of this machine. */
  by: string;
  ledger: Ledger;
  store: OperationsStore;
  made: MadeStore;
  dispatcher: Dispatcher;
  /** The cloud's present, in milliseconds since 1970: the local cloud's clock is simulated. */
  now(): Promise<number>;
  /** Finds the same cloud anew: a local one that was started again has its database elsewhere. */
  again(): Promise<Connection>;
}

const IN_AWS = ['stack', 'stage', 'profile', 'region'] as const;

/**
 * Finds the cloud that is meant.
 *
 * @throws Misuse where there is none: which, and the mend
 */
export async function connect(target: Target): Promise<Connection> {
  const { findLocal, connectLocal } = await import('./connect-local.ts');
  // Whoever names anything of AWS means AWS, even while a local cloud is up.
  const named = IN_AWS.find((name) => target[name] !== undefined);
  if (target.local && named)
    throw new Misuse(`--local and --${named} mean two clouds; leave one of them out`);
  const local = named ? undefined : await findLocal(target.local);
  if (local) return connectLocal(local);
  const { connectAws } = await import('./connect-aws.ts');
  return connectAws(target);
}
