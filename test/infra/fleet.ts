import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Deployed } from '../../core/run/limits.ts';
import type { Groups, Schedules } from '../../core/schedule/settings.ts';
import { NO_CODE } from '../../infra/code.ts';
import { resolveList } from '../../infra/list.ts';
import { PunctualStack } from '../../infra/punctual-stack.ts';
import { type Stage, stages } from '../../infra/stages.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const JOBS = resolve(ROOT, 'test/fixtures/lists/jobs');

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a template holds is known only to those who look
  Properties: any;
  DependsOn?: string[];
}

interface Template {
  Metadata?: { Punctual?: { functions?: string; jobs: Deployed[] } };
  Parameters?: Record<string, unknown>;
  Resources: Record<string, Resource>;
}

/** What a list was synthesized to, as the files have it. */
export interface Fleet {
  root: Template;
  /** By the name of the file, which follows from the shard. */
  nested: Map<string, Template>;
  /** The text of each file, the root's too. */
  texts: Map<string, string>;
}

/** Synthesizes a list, without bundling any code. */
export function fleetOf(
  schedules: Schedules,
  groups?: Groups,
  stage: Stage['name'] = 'dev',
): Fleet {
  const outdir = mkdtempSync(join(tmpdir(), 'punctual-fleet-'));
  try {
    const { context } = JSON.parse(readFileSync(resolve(ROOT, 'cdk.json'), 'utf8'));
    // Validated where that is asked for; a thousand jobs take a minute.
    const app = new App({ context, outdir, builtinCloudFormationValidation: false });
    new PunctualStack(app, `punctual-${stage}`, {
      stage: stages[stage],
      jobs: resolveList(schedules, JOBS, groups),
      codeOf: () => NO_CODE,
      mailFrom: 'builds@example.com',
      healthUrl: true,
      alertEmail: 'ops@example.com',
    });
    app.synth();
    const files = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
    const texts = new Map(files.map((file) => [file, readFileSync(join(outdir, file), 'utf8')]));
    const parsed = new Map([...texts].map(([file, text]) => [file, JSON.parse(text) as Template]));
    const own = `punctual-${stage}.template.json`;
    const root = parsed.get(own) as Template;
    parsed.delete(own);
    return { root, nested: parsed, texts };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** So many jobs, each with a function of its own. */
export function manyJobs(count: number): Schedules {
  const intervals = ['5 minutes', '8 minutes', '10 minutes', '1 hour', '1 day'] as const;
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `job-${i}`,
      { every: intervals[i % intervals.length] as '1 hour', handler: 'idle' },
    ]),
  );
}

/** So many jobs of so many pools. */
export function pooledJobs(count: number, pools: number): Schedules {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const pool = `sync-${i % pools}`;
      const payload = { tenant: i };
      return [`${pool}@tenant-${i}`, { every: '1 hour', pool, handler: 'idle', payload } as const];
    }),
  );
}
