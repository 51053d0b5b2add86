import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Delivery, DeliveryEvent } from '../../core/run/delivery.ts';
import { readFailure } from '../../core/run/failure-report.ts';
import { finalize } from '../../core/run/finalize.ts';
import { functionName } from '../../core/run/function-name.ts';
import { type Deployed, leftTheList, type RunLimits } from '../../core/run/limits.ts';
import { baseOf, limitsFor } from '../../core/run/made.ts';
import { noteOfDeadLetter } from '../runtime/dead-letter.ts';
import { AwsDispatcher } from '../runtime/dispatcher.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { connectOperations } from '../runtime/operations.ts';
import { readFinalizer } from '../runtime/settings.ts';
import { tellClosed, tellTurned } from '../runtime/tell.ts';

/** The list as it was synthesized; see the sweeper. */
declare const PUNCTUAL_JOBS: readonly Deployed[];

const settings = readFinalizer(process.env);
const shared = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { ledger, store } = connectOperations(settings, shared);
const dispatcher = new AwsDispatcher(settings);
/** By what runs them: all jobs of one function have the limits that it has. */
const limitsOf = new Map(PUNCTUAL_JOBS.map(({ name, limits }) => [baseOf(name), limits]));
const processor = new BatchProcessor(EventType.SQS);

/**
 * Closes the rows of deliveries that came to nothing: their process died, their handler threw, or
 * nobody could deliver them. A message that can not be dealt with now comes again; one that never can
 * ends in the queue's own dead letters, where nothing is lost, with a note of which people are told.
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
    if (isElsewhere(message, job)) return await dispatcher.now(eventOf(failure.delivery));
    await finalize(failure, limitsOfJob(job), {
      ledger,
      dispatcher,
      clock: Date.now,
      closed: (row) => tellClosed(log, settings.group, row),
      turned: (turn) => tellTurned(log, turn),
    });
  } catch (error) {
    const { name, message: reason } = error as Error;
    log.error('failure not closed', { messageId: message.messageId, kind: name, reason });
    const tries = Number(message.attributes.ApproximateReceiveCount);
    if (tries >= settings.mostTries) await noteDown(message, error as Error, log);
    throw error;
  }
}

/**
 * Whether EventBridge could not deliver because the jobs have moved to a fleet, or back: the function it was
 * to call went with the move, and its job is called otherwise now. It is wanted all the same.
 */
function isElsewhere({ messageAttributes }: SQSRecord, job: string): boolean {
  const target = messageAttributes.TARGET_ARN?.stringValue;
  if (!target || !limitsOf.has(baseOf(job))) return false;
  return !target.endsWith(`:${functionName(settings.functions, job)}`);
}

function eventOf({ tick, executionId: _, scheduleArn: __, ...delivery }: Delivery): DeliveryEvent {
  return { ...delivery, scheduledTime: tick };
}

function limitsOfJob(job: string): RunLimits {
  const limits = limitsOf.get(baseOf(job));
  return limits ? limitsFor(job, limits) : leftTheList(job);
}

/** The last try: from here the message goes to the dead letters, and nothing else would say so. */
async function noteDown(message: SQSRecord, error: Error, log: Logger): Promise<void> {
  try {
    const { functions } = settings;
    const jobs = [...limitsOf.keys()];
    const note = noteOfDeadLetter(message, error, { functions, jobs, now: Date.now() });
    await store.addNote(note);
    log.error('left in the dead letters', { note });
  } catch (trouble) {
    log.error('left in the dead letters without a note', { cause: String(trouble) });
  }
}
