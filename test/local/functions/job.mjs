/** A job that dies, waits for another attempt, invokes another function or raises an alert, as its payload says. */
import { appendFileSync } from 'node:fs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const lambda = new LambdaClient({});
const sns = new SNSClient({});

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
  if (payload.alerts) {
    const Message = `${job} ${attempt}`;
    await sns.send(
      new PublishCommand({ TopicArn: process.env.TOPIC, Subject: payload.alerts, Message }),
    );
  }
  const finishedAt = new Date().toISOString();
  const status = payload.status ?? 'succeeded';
  return { job, tick: scheduledTime, attempt, status, startedAt: finishedAt, finishedAt };
};
