import { DynamoLedger } from '../../core/ledger/dynamodb.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { MadeStore } from '../../core/ledger/made-store.ts';
import { OperationsStore } from '../../core/ledger/operations-store.ts';
import { SweepStore } from '../../core/ledger/sweep-store.ts';
import type { Log } from '../../core/run/log.ts';
import { connect } from './ledger.ts';
import type { TableSettings } from './settings.ts';

/** What the sweeper needs: the ledger, and its own view of the same tables through the same client. */
export function connectSweeper(
  settings: TableSettings,
  log: Log,
): { ledger: Ledger; store: SweepStore; made: MadeStore } {
  const connection = connect(settings, log);
  return {
    ledger: new DynamoLedger(...connection),
    store: new SweepStore(...connection),
    made: new MadeStore(...connection),
  };
}

/** What people's questions and actions need. */
export function connectOperations(
  settings: TableSettings,
  log: Log,
): { ledger: Ledger; store: OperationsStore; made: MadeStore } {
  const connection = connect(settings, log);
  return {
    ledger: new DynamoLedger(...connection),
    store: new OperationsStore(...connection),
    made: new MadeStore(...connection),
  };
}
