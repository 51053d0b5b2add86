import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { readFailure } from '../../core/run/failure-report.ts';
import { finalize } from '../../core/run/finalize.ts';
import { type Deployed, leftTheList } from '../../core/run/limits.ts';
import { AwsDispatcher } from '../runtime/dispatcher.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { connectLedger } from '../runtime/ledger.ts';
import { readOperator } from '../runtime/settings.ts';
import { tellAlert, tellClosed } from '../runtime/tell.ts';

/** The list as it was synthesized; see the sweeper. */
declare const PUNCTUAL_JOBS: readonly Deployed[];

const settings = readOperator(process.env);
const shared = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const ledger = connectLedger(settings, shared);
const dispatcher = new AwsDispatcher(settings);
const limitsOf = new Map(PUNCTUAL_JOBS.map(({ name, limits }) => [name, limits]));
const processor = new BatchProcessor(EventType.SQS);

/**
 * Closes the rows of deliveries that came to nothing: their process died, their handler threw, or
 * nobody could deliver them. A message that can not be dealt with now comes again; one that never can
 * ends in the queue's own dead letters, where nothing is lost.
 */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  announceEnvironment(shared);
  return processPartialResponse(event, close, processor, {
    context,
    throwOnFullBatchFailure: false,
  });
}

async function close(message: SQSRecord): Promise<void> {
  // Of its own: several messages are dealt with at once, and each line must name its own tick.
  const log = shared.createChild();
  try {
    const failure = readFailure(message);
    const { job, tick, attempt } = failure.delivery;
    const { how, error, requestId } = failure;
    log.appendKeys({ job, tick, attempt, requestId });
    log.info(`delivery ${how}`, { failure: error });
    await finalize(failure, limitsOf.get(job) ?? leftTheList(job), {
      ledger,
      dispatcher,
      clock: Date.now,
      closed: (row) => tellClosed(log, row),
      alert: (alert) => tellAlert(log, alert),
    });
  } catch (error) {
    const { name, message: reason } = error as Error;
    log.error('failure not closed', { messageId: message.messageId, kind: name, reason });
    throw error;
  }
}
