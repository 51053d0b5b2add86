import { userInfo } from 'node:os';
import type { Beacon } from '../local/beacon.ts';
import type { Connection } from './connection.ts';
import { open } from './open.ts';
import { Misuse } from './problem.ts';

/** Where `npm start` listens if nobody says otherwise. */
const ADDRESS = 'http://127.0.0.1:8377';

/** How long an address is waited for, in milliseconds; a cloud that runs jobs at full speed is busy. */
const PATIENCE = 10_000;

/** A local cloud that answered. */
export interface Local {
  address: string;
  beacon: Beacon;
}

/** Something answers there, and it is no local cloud. */
class Stranger extends Error {}

/**
 * The local cloud; `undefined` where none is up.
 *
 * @param asked its address, or that there must be one
 * @throws Misuse where there must be one and is none
 */
export async function findLocal(asked: string | boolean | undefined): Promise<Local | undefined> {
  if (asked) return find(typeof asked === 'string' ? asked.replace(/\/$/, '') : ADDRESS);
  return find(ADDRESS).catch(() => undefined);
}

/** @throws Misuse where none answers */
async function find(address: string): Promise<Local> {
  try {
    return { address, beacon: await beaconAt(address) };
  } catch (error) {
    const what =
      error instanceof Stranger
        ? `what answers at ${address} is no local cloud of Punctual`
        : `no local cloud answers at ${address}`;
    throw new Misuse(`${what}; start one with npm start, or give its address: --local <address>`);
  }
}

export async function connectLocal({ address, beacon }: Local): Promise<Connection> {
  const { stack, region, jobs, settings, logs } = beacon;
  // As the functions find it: the SDK reads these, and the code is the same as against AWS.
  delete process.env.AWS_PROFILE;
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: beacon.dynamodb,
    AWS_ENDPOINT_URL_SCHEDULER: address,
    AWS_ENDPOINT_URL_LAMBDA: address,
  });
  return {
    isLocal: true,
    stack,
    region,
    settings,
    logs,
    by: userInfo().username,
    ...(await open(settings, jobs)),
    now: async () => (await find(address)).beacon.now,
    again: async () => connectLocal(await find(address)),
  };
}

async function beaconAt(address: string): Promise<Beacon> {
  const answer = await fetch(`${address}/cloud.json`, { signal: AbortSignal.timeout(PATIENCE) });
  const beacon = (await answer.json().catch(() => undefined)) as Partial<Beacon> | undefined;
  if (!beacon?.settings || !beacon.dynamodb) throw new Stranger();
  return beacon as Beacon;
}
