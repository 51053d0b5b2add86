/** A job that dies, waits for another attempt or invokes another function, as its payload says. */
import { appendFileSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient({});

export const handler = async (event) => {
  const { job, attempt, payload, scheduledTime } = event;
  const at = new Date().toISOString().slice(11, 16);
  appendFileSync(process.env.SEEN, `${at} ${job} attempt ${attempt}\n`);
  if (payload.dies && attempt <= payload.dies) process.exit(3);
  if (payload.starts) {
    const { starts, ...rest } = payload;
    const next = { ...event, job: starts, payload: rest };
    const Payload = JSON.stringify(next);
    await lambda.send(
      new InvokeCommand({ FunctionName: `app-${starts}`, InvocationType: 'Event', Payload }),
    );
  }
  const finishedAt = new Date().toISOString();
  const status = payload.status ?? 'succeeded';
  return { job, tick: scheduledTime, attempt, status, startedAt: finishedAt, finishedAt };
};
