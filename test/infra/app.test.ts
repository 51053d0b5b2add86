import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** What `cdk synth -c key=value` runs. */
function synth(context: Record<string, unknown>) {
  const CDK_OUTDIR = mkdtempSync(join(tmpdir(), 'punctual-synth-'));
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { status, stderr, files: readdirSync(CDK_OUTDIR) };
}

test.each([
  [
    'bad-interval.ts',
    "job 'report': every: '7 minutes' does not divide a day, so its ticks would differ from day to day; the nearest that do are '6 minutes' and '8 minutes' (or say phase: 'any')\n",
  ],
  [
    'no-file.ts',
    "job 'ghost': handler: there is no file test/fixtures/lists/jobs/ghost.ts; write it, or take the entry out\n",
  ],
])('a list that can not be deployed (%s) is one line and leaves nothing', (list, line) => {
  expect(synth({ schedules: `test/fixtures/lists/${list}` })).toEqual({
    status: 2,
    stderr: line,
    files: [],
  });
});

test('an unknown stage is refused by name', () => {
  expect(synth({ stage: 'staging' })).toMatchObject({
    status: 2,
    stderr: "stage 'staging' is unknown; one of dev, prod\n",
  });
});

test('a stage is a stack', () => {
  expect(synth({ stage: 'prod' }).files).toContain('punctual-prod.template.json');
});
