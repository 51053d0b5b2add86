import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Build, owedFor, unmailed } from '../../../functions/application/builds.ts';
import { type Owed, sendEach, sendOnce } from '../../../functions/application/mail.ts';
import { type Application, startApplication } from './application.ts';
import { all, run, silent } from './run.ts';

const NOW = new Date('2026-03-01T12:03:00.000Z');
const LATER = new Date('2026-03-01T12:13:00.000Z');
const ended = (id: string, state: 'finished' | 'failed' = 'finished', more = {}): Build => ({
  kind: 'build',
  id,
  project: 'atlas',
  owner: `${id}@example.com`,
  state,
  startedAt: '2026-03-01T11:40:00.000Z',
  endedAt: '2026-03-01T12:00:00.000Z',
  todo: `build.${state}`,
  since: `2026-03-01T12:00:00.${id.slice(1).padStart(3, '0')}Z`,
  ...more,
});
const put = async (...builds: Build[]) => {
  for (const build of builds) await application.put({ ...build });
};
const receivers = () => application.mails.map((mail) => mail.to).sort();

let application: Application;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  application = await startApplication();
});
beforeEach(() => application.clear());
afterAll(() => {
  vi.useRealTimers();
  return application.stop();
});

async function* finished(): AsyncGenerator<Owed> {
  for await (const build of unmailed('finished')) yield owedFor(build, 'Done', 'It is done.');
}

test('a finished build gets one e-mail, and none from the next run', async () => {
  await put(ended('b1'), ended('b2', 'failed'));
  const first = await run('send-build-complete-emails', NOW);
  expect(first).toMatchObject({ status: 'succeeded', output: { sent: 1, unsure: 0 } });
  expect(application.mails).toEqual([
    {
      from: 'builds@example.com',
      to: 'b1@example.com',
      subject: 'Build b1 of atlas is complete',
      text: expect.stringContaining('ended 2026-03-01T12:00:00.000Z'),
    },
  ]);
  const build = await application.get('build', 'b1');
  expect(build.todo).toBeUndefined();
  expect(build.mailedAt).toMatch(/^2026-03-01T12:03:/);
  const second = await run('send-build-complete-emails', LATER);
  expect(second.output).toEqual({ sent: 0, unsure: 0 });
  expect(application.mails).toHaveLength(1);
});

test('a failed build gets one e-mail that says why', async () => {
  await put(ended('b1'), ended('b2', 'failed', { reason: 'stuck' }));
  const outcome = await run('send-build-failed-emails', NOW);
  expect(outcome.output).toEqual({ sent: 1, unsure: 0 });
  expect(receivers()).toEqual(['b2@example.com']);
  expect(application.mails[0]?.text).toContain('Build b2 of atlas failed: stuck.');
});

test('two at once send one e-mail a build between them', async () => {
  await put(...Array.from({ length: 20 }, (_, index) => ended(`b${index}`)));
  const context = { signal: new AbortController().signal, log: silent };
  const counts = await Promise.all([sendEach(finished(), context), sendEach(finished(), context)]);
  expect(counts[0].sent + counts[1].sent).toBe(20);
  expect(new Set(receivers()).size).toBe(20);
  expect(application.mails).toHaveLength(20);
});

test('what SES refuses is put back, the others are sent, and the run says so', async () => {
  await put(ended('b1'), ended('b2'), ended('b3'));
  application.ses = (mail) => (mail.to === 'b2@example.com' ? 400 : 200);
  const refused = await run('send-build-complete-emails', NOW);
  expect(refused.status).toBe('failed');
  expect(refused.error?.message).toBe('SES refused 1 of 3 e-mails; put back for the next run');
  expect(await application.get('build', 'b2')).toEqual(ended('b2'));

  application.ses = () => 200;
  application.mails.length = 0;
  const next = await run('send-build-complete-emails', LATER);
  expect(next).toMatchObject({ status: 'succeeded', output: { sent: 1, unsure: 0 } });
  expect(receivers()).toEqual(['b2@example.com']);
});

test.each(['hang up', 500] as const)(
  'after %s it is not known: asked once, never again',
  async (answer) => {
    await put(ended('b1'), ended('b2'));
    application.ses = (mail) => (mail.to === 'b1@example.com' ? answer : 200);
    const outcome = await run('send-build-complete-emails', NOW);
    expect(outcome).toMatchObject({ status: 'succeeded', output: { sent: 1, unsure: 1 } });
    application.ses = () => 200;
    await run('send-build-complete-emails', LATER);
    expect(receivers()).toEqual(['b1@example.com', 'b2@example.com']);
  },
);

test('an SES that can not be reached loses no e-mail', async () => {
  await put(ended('b1'));
  const endpoint = process.env.AWS_ENDPOINT_URL_SESV2;
  process.env.AWS_ENDPOINT_URL_SESV2 = 'http://127.0.0.1:1';
  vi.resetModules();
  const fresh = await import('../../../functions/application/mail.ts');
  const [owed] = await all(finished());
  expect(await fresh.sendOnce(owed as Owed, silent)).toBe('refused');
  process.env.AWS_ENDPOINT_URL_SESV2 = endpoint;
  expect(await application.get('build', 'b1')).toEqual(ended('b1'));
});

test('a taking whose answer was lost is recognised when it is sent again', async () => {
  await put(ended('b1'));
  const [owed] = await all(finished());
  expect(await owed?.take('mine', NOW)).toBe(true);
  expect(await owed?.take('mine', NOW)).toBe(true);
  expect(await owed?.take('yours', NOW)).toBe(false);
});

test('putting back leaves a build alone that was started anew', async () => {
  await put(ended('b1'));
  const [owed] = await all(finished());
  const again = { ...ended('b1'), state: 'running', todo: 'build.running', mailToken: 'mine' };
  await application.put(again);
  expect(await owed?.putBack('mine')).toBe(false);
  expect(await application.get('build', 'b1')).toEqual(again);
});

test('without a sender nothing is taken', async () => {
  await put(ended('b1'));
  const [owed] = await all(finished());
  const from = process.env.MAIL_FROM;
  delete process.env.MAIL_FROM;
  await expect(sendOnce(owed as Owed, silent)).rejects.toThrow('MAIL_FROM is not set');
  process.env.MAIL_FROM = from;
  expect(await application.get('build', 'b1')).toEqual(ended('b1'));
});

test('stops between two e-mails once the signal fires', async () => {
  await put(ended('b1'), ended('b2'), ended('b3'));
  const stop = new AbortController();
  application.ses = () => {
    stop.abort(new Error('time is up'));
    return 200;
  };
  const sending = sendEach(finished(), { signal: stop.signal, log: silent });
  await expect(sending).rejects.toThrow('time is up');
  expect(receivers()).toEqual(['b1@example.com']);
  expect(await application.get('build', 'b2')).toEqual(ended('b2'));
});
