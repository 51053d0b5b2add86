import type { Logger } from '@aws-lambda-powertools/logger';

/** What these modules need of a job's `log`. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;
