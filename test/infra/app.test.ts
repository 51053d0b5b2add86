import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

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
  return { status, stderr, files: readdirSync(CDK_OUTDIR), folder: CDK_OUTDIR };
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
  ['bad-group.ts', "group 'database': limit: 0 is not a whole number from 1 to 1000\n"],
])('a list that can not be deployed (%s) is one line and leaves nothing', (list, line) => {
  expect(synth({ schedules: `test/fixtures/lists/${list}` })).toMatchObject({
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

test.each([
  [
    { alertEmail: 'ops' },
    "alertEmail 'ops' is no e-mail address; give one, as in ops@example.com\n",
  ],
  [
    { alertEmail: 'a@example.com,b@example.com' },
    "alertEmail 'a@example.com,b@example.com' is no e-mail address; give one, as in ops@example.com\n",
  ],
  [{ healthUrl: 'yes' }, "healthUrl 'yes' is neither true nor false\n"],
])('what can not be meant (%o) is one line', (context, line) => {
  expect(synth(context)).toMatchObject({ status: 2, stderr: line, files: [] });
});

test('a stage is a stack', () => {
  expect(synth({ stage: 'prod' }).files).toContain('punctual-prod.template.json');
});

/** The code of the functions that a synth made. */
function bundlesIn({ files, folder }: ReturnType<typeof synth>) {
  return files
    .filter((file) => file.startsWith('asset.'))
    .map((asset) => readFileSync(join(folder, asset, 'index.mjs'), 'utf8'));
}

test("the operators' bundles carry the list that was deployed", () => {
  const schedules = 'test/fixtures/lists/grouped.ts';
  const bundles = bundlesIn(synth({ schedules, 'aws:cdk:bundling-stacks': ['**'] }));
  // The job's, the sweeper's, the finalizer's and the console's.
  expect(bundles).toHaveLength(4);
  const withList = bundles.filter((code) => code.includes('group:database'));
  expect(withList).toHaveLength(3);
  for (const code of withList) {
    expect(code).toMatch(/name:"import",/);
    expect(code).toMatch(/lock:"group:database",room:2/);
    expect(code).not.toContain('reconnect-workers');
  }
});

test('what the list takes from the environment is what it was at synth', () => {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-list-'));
  mkdirSync(join(folder, 'jobs'));
  const list = join(folder, 'list.ts');
  writeFileSync(
    list,
    'export const schedules = { report: { every: process.env.REPORT_EVERY, timeZone: `Europe/Oslo` } };',
  );
  writeFileSync(join(folder, 'jobs/report.ts'), 'export const handler = async () => {};');
  process.env.REPORT_EVERY = '20 minutes';
  onTestFinished(() => {
    delete process.env.REPORT_EVERY;
  });
  const bundles = bundlesIn(synth({ schedules: list, 'aws:cdk:bundling-stacks': ['**'] }));
  const sweeper = bundles.find((code) => code.includes('sweeper:'));
  expect(sweeper).toMatch(
    /name:"report",.*expressions:\["cron\(0\/20 \* \* \* \? \*\)"\],timeZone:"Europe\/Oslo"/,
  );
  expect(sweeper).not.toContain('REPORT_EVERY');
});

describe('a list outside the project', () => {
  /** A list in a folder of its own, whose one job has this code. */
  const listWith = (code: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'punctual-list-'));
    mkdirSync(join(folder, 'jobs'));
    writeFileSync(
      join(folder, 'list.ts'),
      `export const schedules = { report: { every: '1 hour' } };`,
    );
    writeFileSync(join(folder, 'jobs/report.ts'), code);
    return { schedules: join(folder, 'list.ts'), 'aws:cdk:bundling-stacks': ['**'] };
  };

  test('is bundled with the packages of the project', () => {
    const job = JSON.stringify(join(ROOT, 'functions/job.ts'));
    const code = `import { Cron } from 'croner'; import { job } from ${job};
      export const handler = job(async () => new Cron('* * * * *').getPattern());`;
    const { status, files } = synth(listWith(code));
    expect(status).toBe(0);
    expect(files.filter((file) => file.startsWith('asset.'))).toHaveLength(4);
  });

  test('whose code can not be bundled is refused in one line', () => {
    const { status, stderr } = synth(listWith(`import 'no-such-package';`));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^\S+jobs\/report\.ts:1: Could not resolve "no-such-package"\n$/);
  });
});
