/** Reads the queue of failures, and has what died run again after a minute. */
import { appendFileSync } from 'node:fs';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';

const scheduler = new SchedulerClient({});

export const handler = async ({ Records }) => {
  const at = new Date();
  const batchItemFailures = [];
  for (const { messageId, body, messageAttributes } of Records) {
    const { requestPayload = JSON.parse(body), responsePayload } = JSON.parse(body);
    const why = responsePayload?.errorType ?? messageAttributes.ERROR_CODE?.stringValue;
    appendFileSync(process.env.SEEN, `${at.toISOString().slice(11, 16)} closer ${why}\n`);
    if (requestPayload.payload.poisonous) batchItemFailures.push({ itemIdentifier: messageId });
    else if (responsePayload) await again(requestPayload, new Date(at.getTime() + 60_000));
  }
  return { batchItemFailures };
};

function again(event, time) {
  const attempt = event.attempt + 1;
  const { TARGET, ROLE } = process.env;
  return scheduler.send(
    new CreateScheduleCommand({
      Name: `${event.job}-${attempt}`,
      GroupName: 'app',
      ScheduleExpression: `at(${time.toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: { Arn: TARGET, RoleArn: ROLE, Input: JSON.stringify({ ...event, attempt }) },
    }),
  );
}
