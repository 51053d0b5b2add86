import type { Deployed } from '../core/run/limits.ts';
import type { OperatorSettings } from '../functions/runtime/settings.ts';
import type { Connection } from './connection.ts';

/**
 * What reaches a cloud's tables and functions; loaded late, since the SDK takes its time.
 *
 * @param listed the list as it was deployed
 */
export async function open(
  settings: OperatorSettings,
  listed: readonly Deployed[],
): Promise<Pick<Connection, 'jobs' | 'ledger' | 'store' | 'made' | 'dispatcher'>> {
  const [{ connectOperations }, { AwsDispatcher }, { withMade }] = await Promise.all([
    import('../functions/runtime/operations.ts'),
    import('../functions/runtime/dispatcher.ts'),
    import('../core/run/made.ts'),
  ]);
  const connected = connectOperations(settings, SILENT);
  return {
    ...connected,
    jobs: withMade(listed, await connected.made.read().catch(nothingIfAway)),
    dispatcher: new AwsDispatcher(settings),
  };
}

/** Tables that give no answer are for the verb to tell of: health is asked for that very reason. */
function nothingIfAway(error: Error): [] {
  if (error.name === 'StoreError') return [];
  throw error;
}

/** What the ledger tries again is no news at a prompt: it works in the end, or there is an error. */
const SILENT = { info() {}, warn() {}, error() {} };
