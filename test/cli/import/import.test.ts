import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { resolveList } from '../../../infra/list.ts';
import { punctual } from '../cloud.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CRONTAB = `# Says "hello" to 'all'
0 9 * * 1-5 /opt/hello.sh
*/5 * * * * /opt/poll.sh
30 2 13 * 5 /opt/poll.sh
@reboot /opt/start.sh
`;
const DUMP = [
  {
    id: 'reminders',
    func: 'm:f',
    trigger: 'cron',
    hour: 9,
    kwargs: {
      days: [30, 7],
      "it's": null,
      __proto__: 1,
      deep: { x: 'y'.repeat(90), z: [{ a: true }, 2] },
    },
  },
  { id: 'often', func: 'm:f', trigger: 'interval', minutes: 7 },
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'punctual-import-'));
  writeFileSync(join(folder, 'crontab'), CRONTAB);
  writeFileSync(join(folder, 'jobs.json'), JSON.stringify(DUMP, null, 2));
});

describe('what it prints', () => {
  test('entries on standard output, what was lost on standard error', async () => {
    const answer = await punctual(['import', 'crontab', join(folder, 'crontab')]);
    expect(answer.stdout).toBe(`  // line 2: 0 9 * * 1-5 /opt/hello.sh
  hello: schedule<typeof import('../functions/jobs/hello.ts')>({
    cron: '0 9 ? * MON-FRI *',
    description: 'Says "hello" to \\'all\\'',
  }),

  // line 3: */5 * * * * /opt/poll.sh
  poll: schedule<typeof import('../functions/jobs/poll.ts')>({
    every: '5 minutes',
    description: '/opt/poll.sh',
  }),

  // line 4: 30 2 13 * 5 /opt/poll.sh
  'poll-2': schedule<typeof import('../functions/jobs/poll.ts')>({
    cron: '30 2 13 * ? *',
    description: '/opt/poll.sh',
    handler: 'poll',
  }),

  // line 4: 30 2 13 * 5 /opt/poll.sh
  'poll-3': schedule<typeof import('../functions/jobs/poll.ts')>({
    cron: '30 2 ? * FRI *',
    description: '/opt/poll.sh',
    handler: 'poll',
  }),
`);
    expect(
      answer.stderr,
    ).toBe(`line 1: the times are taken for UTC; if the machine was elsewhere, say --time-zone
line 4: a day of the month or of the week, which cron takes as either: two entries, which both run on a day that is both
line 5: left out: @reboot: there is no machine that boots
`);
    // A job is missing from the list now.
    expect(answer.code).toBe(1);
  });

  test('as JSON', async () => {
    const answer = await punctual(['import', 'apscheduler', join(folder, 'jobs.json'), '--json']);
    expect(answer.code).toBe(0);
    const { entries, remarks } = answer.json<{ entries: object[]; remarks: object[] }>();
    expect(entries[1]).toEqual({
      line: 24,
      name: 'often',
      settings: { every: '7 minutes', phase: 'any', description: 'm:f' },
      source: 'm:f, interval[minutes=7]',
    });
    expect(remarks).toContainEqual({
      line: 24,
      what: expect.stringContaining('does not divide a day'),
      isLeftOut: false,
    });
  });

  test.each([
    [['import', 'anacron', 'x'], "'anacron' is no format"],
    [['import', 'crontab', '/nowhere'], 'can not read /nowhere'],
    [
      ['import', 'crontab', 'x', '--time-zone', 'Oslo'],
      "--time-zone: 'Oslo' is not an IANA time zone",
    ],
    [['import', 'apscheduler', join(ROOT, 'LICENSE')], 'LICENSE is not JSON'],
    [['import', 'crontab'], "missing required argument 'file'"],
  ])('%j is used wrongly', async (args, why) => {
    const answer = await punctual(args);
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr).toContain(why);
    expect(answer.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('pasted into a list, with the files it writes', () => {
  let stage: string;

  beforeAll(async () => {
    stage = join(folder, 'project');
    mkdirSync(join(stage, 'infra'), { recursive: true });
    mkdirSync(join(stage, 'functions'));
    symlinkSync(join(ROOT, 'core'), join(stage, 'core'));
    const job = join(ROOT, 'functions/job.ts');
    writeFileSync(join(stage, 'functions/job.ts'), `export * from '${job}';\n`);
    symlinkSync(join(ROOT, 'node_modules'), join(stage, 'node_modules'));
    writeFileSync(join(stage, 'package.json'), '{ "type": "module" }');
    const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
    writeFileSync(
      join(stage, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['infra', 'functions/jobs'] }),
    );
    const stubs = ['--stubs', join(stage, 'functions/jobs')];
    const crontab = await punctual(['import', 'crontab', join(folder, 'crontab'), ...stubs]);
    const dump = await punctual(['import', 'apscheduler', join(folder, 'jobs.json'), ...stubs]);
    const list = `import { type Schedules, schedule } from '../core/schedule/settings.ts';

export const schedules: Schedules = {
${crontab.stdout}
${dump.stdout}};
`;
    writeFileSync(join(stage, 'infra/schedules.ts'), list);
  });

  test('one file for code that is shared', () => {
    expect(readdirSync(join(stage, 'functions/jobs')).sort()).toEqual([
      'hello.ts',
      'often.ts',
      'poll.ts',
      'reminders.ts',
    ]);
  });

  test('it compiles, and is formatted', { timeout: 60_000 }, () => {
    const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
    execFileSync(bin('tsc'), ['-p', stage], { stdio: 'pipe' });
    const config = ['--config-path', join(ROOT, 'biome.json'), '--vcs-enabled=false'];
    execFileSync(bin('biome'), ['format', ...config, join(stage, 'infra')], { stdio: 'pipe' });
  });

  test('each entry can be deployed', async () => {
    const { schedules } = await import(pathToFileURL(join(stage, 'infra/schedules.ts')).href);
    const jobs = resolveList(schedules, join(stage, 'functions/jobs'));
    expect(jobs.map(({ name }) => name)).toEqual([
      'hello',
      'poll',
      'poll-2',
      'poll-3',
      'reminders',
      'often',
    ]);
    expect(jobs[4]?.payload).toMatchObject({ days: [30, 7], "it's": null });
  });

  test('a file that is there is left alone', async () => {
    const file = join(stage, 'functions/jobs/hello.ts');
    writeFileSync(file, '// mine\n');
    const stubs = ['--stubs', join(stage, 'functions/jobs')];
    const answer = await punctual(['import', 'crontab', join(folder, 'crontab'), ...stubs]);
    expect(readFileSync(file, 'utf8')).toBe('// mine\n');
    expect(answer.stderr).toContain('hello.ts is there already, and stays as it is');
  });
});
