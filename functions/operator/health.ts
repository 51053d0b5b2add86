import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { StoreError } from '../../core/ledger/errors.ts';
import { type Health, healthOf, unreachable } from '../../core/operations/health.ts';
import { readSummary } from '../../core/operations/read-overview.ts';
import type { Deployed } from '../../core/run/limits.ts';
import { withMade } from '../../core/run/made.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { connectOperations } from '../runtime/operations.ts';
import { readOperator } from '../runtime/settings.ts';

/** The list as it was synthesized; see the sweeper. */
declare const PUNCTUAL_JOBS: readonly Deployed[];

const log = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { store, made } = connectOperations(readOperator(process.env), log);

/**
 * The health report behind the function URL: 200 where jobs run, healthy or degraded, and 503 where they
 * fail, which is what a load balancer or a page watcher asks.
 */
export async function handler(): Promise<APIGatewayProxyStructuredResultV2> {
  announceEnvironment(log);
  const health = await report(Date.now());
  return {
    statusCode: health.status === 'failing' ? 503 : 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(health),
  };
}

async function report(now: number): Promise<Health> {
  try {
    const jobs = withMade(PUNCTUAL_JOBS, await made.read());
    return healthOf(await readSummary(jobs, store, now));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return unreachable(error, now);
  }
}
