import { createHash } from 'node:crypto';
import { baseOf } from '../core/run/made.ts';
import type { Job } from '../core/schedule/resolve.ts';
import { BadContext } from './context.ts';

/** CloudFormation's limit of a template. */
const MOST_RESOURCES = 500;
/** Of an estimate: a megabyte, which is the limit, is at most 0.93 of what is estimated for it. */
const MOST_BYTES = 1_075_000;
/** What a nested stack may have of them. */
const NESTED: Size = { resources: 480, bytes: 900_000 };
/** What the stack has besides its jobs, with all that may be asked for, CDK's own metadata included. */
const OTHER_RESOURCES = 50;
const OTHER_BYTES = 60_000;
/** What a function has: role, policy, configuration and itself. */
const RESOURCES_A_FUNCTION = 4;
/** The policies name the members of a group, and fully where these are no more (see `Ledger`, `Deliveries`). */
const FEW_MEMBERS = 20;
/** Bytes of keys that a policy holds; where they are more it names nobody. */
const MOST_KEYS = 5_000;
/**
 * How many nested stacks a fleet may have. One number, for ever: with another every job would lie elsewhere, and
 * CloudFormation, which changes 2,500 resources in one deploy, could not move so many.
 */
const FLEET = 32;

/** What a job's resources are as many, and as large, as. */
type Sized = Pick<Job, 'name' | 'expressions' | 'payload' | 'description' | 'group'>;

interface Size {
  resources: number;
  /** Of the template, about. */
  bytes: number;
}

/** A function, or the schedules of a job: what lies together, by the name it goes by. */
interface Part extends Size {
  name: string;
}

/** How many resources the stack of a list has at most, where it is one. */
export function resourcesFor(jobs: readonly Sized[]): number {
  return resourcesOf(partsOf(jobs));
}

/**
 * In how many stacks the jobs of a list lie: 1 is the stack itself, and what does not fit there is a fleet of nested
 * stacks.
 *
 * @throws BadContext where that does not hold it either, which CDK would say with a stack trace
 */
export function layoutOf(jobs: readonly Sized[]): number {
  const parts = partsOf(jobs);
  const resources = resourcesOf(parts);
  const bytes = parts.reduce((sum, { bytes }) => sum + bytes, OTHER_BYTES);
  if (resources <= MOST_RESOURCES && bytes <= MOST_BYTES) return 1;
  if (fits(parts, FLEET)) return FLEET;
  throw new BadContext(
    `the list has ${jobs.length} jobs, about ${resources} resources, and ${FLEET} nested stacks of ${MOST_RESOURCES} resources and 1 MB do not hold it; let jobs share functions (pool), make payloads smaller, or deploy some as another list`,
  );
}

/**
 * In which of the stacks something lies: by its name and not by its place in the list, so that what comes or goes
 * changes one of them. A function goes by its own name (the job's, or the pool's), a schedule by its job's.
 */
export function shardOf(name: string, shards: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE() % shards;
}

function fits(parts: readonly Part[], shards: number): boolean {
  const sizes = Array.from({ length: shards }, () => ({ resources: 0, bytes: 0 }));
  for (const { name, resources, bytes } of parts) {
    const size = sizes[shardOf(name, shards)] as Size;
    size.resources += resources;
    size.bytes += bytes;
  }
  return sizes.every(
    ({ resources, bytes }) => resources <= NESTED.resources && bytes <= NESTED.bytes,
  );
}

function resourcesOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { resources }) => sum + resources, OTHER_RESOURCES);
}

function partsOf(jobs: readonly Sized[]): Part[] {
  const sharing = Map.groupBy(jobs, ({ group }) => group?.name);
  const functions = new Map(jobs.map((job) => [baseOf(job.name), job]));
  return [
    ...[...functions].map(([name, { group }]) => ({
      name,
      resources: RESOURCES_A_FUNCTION,
      bytes: functionBytes(name, group && sharing.get(group.name)),
    })),
    ...jobs.map((job) => ({
      name: job.name,
      resources: job.expressions.length,
      bytes: scheduleBytes(job),
    })),
  ];
}

/** As measured, with names of 8 and of 64 letters. Each job of a group names the others, as far as a policy holds them. */
function functionBytes(name: string, sharing: readonly Sized[] = []): number {
  const letters = sharing.reduce((sum, { name }) => sum + name.length, 0);
  const keys = letters + 3 * sharing.length;
  const few = 2 * letters + 200 * sharing.length;
  const many = keys > MOST_KEYS ? 0 : keys;
  return 4_500 + 22 * name.length + (sharing.length > FEW_MEMBERS ? many : few);
}

/** Of each of the schedules, and of what the metadata says of the job. The payload is JSON in JSON. */
function scheduleBytes({ name, expressions, payload, description }: Sized): number {
  const text = Buffer.byteLength(JSON.stringify(JSON.stringify([payload, description])));
  const each = 950 + 6 * name.length + text;
  return expressions.length * each + 550 + 3 * name.length + text;
}
