import { randomUUID } from 'node:crypto';
import type { Logger } from '@aws-lambda-powertools/logger';

/** One per execution environment: two lines with different ids came from two of them. */
export const instanceId = randomUUID().slice(0, 8);

let announced = false;

/** Says once that this environment exists, so that "how many run this job?" is a query of the log. */
export function announceEnvironment(logger: Logger): void {
  if (announced) return;
  announced = true;
  logger.info('environment started', {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memory: Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE),
  });
}
