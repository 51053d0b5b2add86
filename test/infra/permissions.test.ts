import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, REGION, Resolver } from '../../local/resolve.ts';
import { synth } from '../../local/synth.ts';
import { type Assembly, readAssembly } from '../../local/template.ts';
import { type Answer, punctual } from '../cli/cloud.ts';
import { allows, type Statement } from '../support/allows.ts';
import type { ApiCall } from '../support/api-calls.ts';
import { WatchedCloud } from './watched/cloud.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIST = fileURLToPath(new URL('./watched/schedules.ts', import.meta.url));
const JOBS = ['send-mail', 'fails', 'dies', 'first-edition', 'late-edition', 'linger'];
const FUNCTIONS = [...JOBS, 'punctual-sweeper', 'punctual-finalizer', 'punctual-console'];

/** As a template has it. */
interface IamPolicy {
  Roles: { Ref: string }[];
  PolicyDocument: { Statement: Statement[] };
}

/** The policies of `docs/permissions.md`, in their order. */
function policies(): Statement[][] {
  const text = readFileSync(`${ROOT}/docs/permissions.md`, 'utf8')
    .replaceAll('REGION', REGION)
    .replaceAll('ACCOUNT', ACCOUNT);
  return [...text.matchAll(/```json\n(.*?)```/gs)].map(
    ([, json = '']) => JSON.parse(json).Statement,
  );
}

let cloud: WatchedCloud;
let assembly: Assembly;
const [reader = [], more = []] = policies();
const operator = [...reader, ...more];

/** The calls that were made with somebody's credentials, each kind once. */
const callsOf = (who: string): ApiCall[] => {
  const calls = cloud.recorder.calls.filter((call) => call.who === who);
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
};

/** Of these calls those that are refused. */
async function refused(calls: readonly ApiCall[], statements: readonly Statement[]) {
  const verdicts = await Promise.all(calls.map((call) => allows(statements, call)));
  return calls
    .filter((_, i) => !verdicts[i])
    .map(({ action, resource }) => `${action} ${resource}`);
}

beforeAll(async () => {
  [cloud, assembly] = await Promise.all([
    WatchedCloud.open(),
    synth(ROOT, LIST).then(readAssembly),
  ]);
});
afterAll(() => cloud.close());

describe('the command line', () => {
  const as = (who: string, ...args: string[]): Promise<Answer> =>
    punctual([...args, '--stack', 'punctual-dev'], cloud.environmentOf(who));

  test('needs what docs/permissions.md gives to whoever operates', async () => {
    const can = async (...args: string[]) => {
      const answer = await as('operator', ...args);
      expect.soft(answer, args.join(' ')).toMatchObject({ code: 0 });
      return answer.stdout;
    };
    const { tick } = JSON.parse(await can('trigger', 'linger', '--wait', '--json'));
    await can('pause', '--all', '--reason', 'a test', '--yes');
    await as('operator', 'trigger', 'linger', '--wait');
    await can('resume', '--all');
    expect((await as('operator', 'retry', 'linger', tick)).stderr).toContain('has succeeded');
    await as('operator', 'reset', 'linger');
    await can('trigger', 'linger', '--payload', '{"seconds":30}');
    // Its next attempt is planned with EventBridge.
    await expect
      .poll(async () => (await as('operator', 'unlock', 'linger', '--force', '--yes')).code, {
        timeout: 30_000,
      })
      .toBe(0);
    await can('backfill', 'late-edition', '--from', '2025-05-01', '--to', '2025-05-01T00:20Z');
    await can('prune', '--older-than', '30d', '--yes');
    const yearly = ['schedule', 'add', 'linger', 'acme', '--cron', '0 9 1 1 ? *'];
    await can(...yearly);
    await can(...yearly); // as after an add that came half-way
    await can('schedule', 'remove', 'linger', 'acme');
    const calls = callsOf('operator');
    expect(await refused(calls, operator)).toEqual([]);
    expect(await idle(more, calls)).toEqual([]);
  });

  test('needs what docs/permissions.md gives to whoever looks', async () => {
    const [{ tick } = { tick: '' }] = JSON.parse(
      (await as('reader', 'runs', 'linger', '--json')).stdout,
    );
    for (const args of [
      ['list'],
      ['next'],
      ['runs'],
      ['runs', 'linger', '--status', 'succeeded'],
      ['show', 'linger', tick],
      ['logs', 'linger', tick],
      ['logs', 'linger'],
      ['health'],
      ['plan'],
      ['schedule', 'list'],
    ]) {
      const { code, stderr } = await as('reader', ...args);
      // The report of this cloud is not healthy, and says so with its exit code.
      if (args[0] !== 'health') expect.soft(code, `${args.join(' ')}: ${stderr}`).toBe(0);
    }
    const calls = callsOf('reader');
    expect(await refused(calls, reader)).toEqual([]);
    expect(await idle(reader, calls)).toEqual([]);
  });

  test('changes nothing with what it gives to whoever looks', async () => {
    const changes = callsOf('operator').filter(({ action }) =>
      /Update|Delete|Create|Invoke|PassRole/.test(action),
    );
    expect(await refused(changes, reader)).toHaveLength(changes.length);
  });

  test('reaches no other stack with either', async () => {
    const others = callsOf('operator').map((call) => ({
      ...call,
      resource: call.resource.replace(/punctual-dev/g, 'punctual-prod'),
    }));
    expect(await refused(others, operator)).toHaveLength(others.length);
  });
});

/** The actions and resources of statements that no call needed. */
async function idle(statements: readonly Statement[], calls: readonly ApiCall[]) {
  const parts = statements.flatMap((statement) => [
    ...[statement.Action].flat().map((Action) => ({ ...statement, Action })),
    ...[statement.Resource].flat().map((Resource) => ({ ...statement, Resource })),
  ]);
  const needed = await Promise.all(
    parts.map(async (part) => (await refused(calls, [part])).length < calls.length),
  );
  return parts
    .filter((_, i) => !needed[i])
    .map(({ Sid, Action, Resource }) => [Sid, Action, Resource]);
}

describe('each function', () => {
  beforeAll(async () => {
    const hence = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    await cloud.playTo(hence(21));
    await cloud.asks('view=jobs');
    await cloud.asks('view=job&job=linger');
  });

  /** The statements of a function's role, as they would be deployed. */
  function roleOf(name: string): Statement[] {
    const resolver = new Resolver(assembly);
    const resources = Object.entries(assembly.template.Resources);
    const [id, fn] = resources.find(
      ([, { Type, Properties }]) =>
        Type === 'AWS::Lambda::Function' && Properties?.FunctionName === name,
    ) ?? [''];
    const role = resolver.value(fn?.Properties?.Role, id);
    return resources.flatMap(([owner, { Type, Properties = {} }]) => {
      if (Type !== 'AWS::IAM::Policy') return [];
      const { Roles, PolicyDocument } = Properties as unknown as IamPolicy;
      const isIts = Roles.some(({ Ref }) => resolver.arnOf(Ref) === role);
      return isIts ? (resolver.value(PolicyDocument.Statement, owner) as Statement[]) : [];
    });
  }

  test.each(FUNCTIONS)('%s may make every call that it makes', async (name) => {
    const calls = callsOf(`punctual-dev-${name}`);
    expect(calls.length).toBeGreaterThan(0);
    expect(await refused(calls, roleOf(`punctual-dev-${name}`))).toEqual([]);
  });

  test('makes calls of every kind: the test would be worth nothing otherwise', () => {
    const actions = (name: string) =>
      new Set(callsOf(`punctual-dev-${name}`).map(({ action }) => action));
    expect([...actions('fails')]).toContain('scheduler:CreateSchedule');
    expect([...actions('first-edition'), ...actions('late-edition')]).toContain(
      'lambda:InvokeFunction',
    );
    expect([...actions('send-mail')]).toContain('ses:SendEmail');
    expect([...actions('punctual-sweeper')]).toContain('sns:Publish');
    expect([...actions('punctual-finalizer')]).toContain('scheduler:CreateSchedule');
    expect([...actions('punctual-console')]).toContain('dynamodb:Query');
  });

  test.each(JOBS)('%s is refused the items of another job, and every other table', async (name) => {
    const role = roleOf(`punctual-dev-${name}`);
    const other = name === 'fails' ? 'dies' : 'fails';
    const onLedger = callsOf(`punctual-dev-${name}`).filter(({ resource }) =>
      resource.includes('/punctual-dev-Ledger'),
    );
    const ofOthers = onLedger.map((call) => ({
      ...call,
      context: { 'dynamodb:LeadingKeys': [other] },
    }));
    const inOthers = onLedger.map((call) => ({
      ...call,
      resource: call.resource.replace(/table\/.*/, 'table/somebody-elses'),
    }));
    expect(onLedger.length).toBeGreaterThan(0);
    const foreign = [...ofOthers, ...inOthers];
    expect(await refused(foreign, role)).toHaveLength(foreign.length);
  });

  test.each(JOBS)('%s is refused to call a job that does not share its lock', async (name) => {
    const other = name === 'fails' ? 'dies' : 'fails';
    const resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:punctual-dev-${other}`;
    const call = { action: 'lambda:InvokeFunction', resource, context: {} };
    expect(await allows(roleOf(`punctual-dev-${name}`), call)).toBe(false);
  });
});
