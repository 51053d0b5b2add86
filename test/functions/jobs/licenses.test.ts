import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  endingIn,
  expire,
  type Licence,
  pastTheirDate,
  warningFor,
} from '../../../functions/application/licences.ts';
import { type Owed, sendEach } from '../../../functions/application/mail.ts';
import { type Application, startApplication } from './application.ts';
import { all, run, silent } from './run.ts';

const NINE = new Date('2026-03-01T09:00:00.000Z');
const DAYS = { daysAhead: [30, 7, 1] };
const active = (id: string, endsAt: string, more = {}) => ({
  kind: 'licence' as const,
  id,
  holder: `${id}@example.com`,
  state: 'active' as const,
  endsAt,
  todo: 'licence.active' as const,
  since: endsAt,
  ...more,
});
const put = async (...licences: Licence[]) => {
  for (const licence of licences) await application.put({ ...licence });
};
const subjects = () => application.mails.map((mail) => `${mail.to}: ${mail.subject}`).sort();

let application: Application;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: NINE });
  application = await startApplication();
});
beforeEach(() => application.clear());
afterAll(() => {
  vi.useRealTimers();
  return application.stop();
});

test('licences past their date expire, the others stay', async () => {
  const stays = active('l2', '2026-03-01T09:30:00.000Z');
  await put(active('l1', '2026-03-01T08:59:00.000Z'), stays);
  const outcome = await run('update-expired-licenses', NINE);
  expect(outcome).toMatchObject({ status: 'succeeded', output: { expired: 1 } });
  const expired = await application.get('licence', 'l1');
  expect(expired.state).toBe('expired');
  expect(expired.todo).toBeUndefined();
  expect(await application.get('licence', 'l2')).toEqual(stays);
});

test('a licence that was renewed after it was looked up does not expire', async () => {
  await put(active('l1', '2026-03-01T08:00:00.000Z'));
  const [found] = await all(pastTheirDate(NINE));
  const renewed = active('l1', '2027-03-01T08:00:00.000Z');
  await put(renewed);
  expect(await expire(found as Licence)).toBe(false);
  expect(await application.get('licence', 'l1')).toEqual(renewed);
});

test('warns 30, 7 and 1 days ahead, at whatever hour it ends, and on no other day', async () => {
  await put(
    active('l30', '2026-03-31T00:00:00.000Z'),
    active('l7', '2026-03-08T23:59:59.999Z'),
    active('l1', '2026-03-02T12:00:00.000Z'),
    active('l29', '2026-03-30T12:00:00.000Z'),
    active('l8', '2026-03-09T00:00:00.000Z'),
    active('l0', '2026-03-01T12:00:00.000Z'),
  );
  const outcome = await run('send-license-expiry-warnings', NINE, DAYS);
  expect(outcome).toMatchObject({ status: 'succeeded', output: { warned: 3, unsure: 0 } });
  expect(subjects()).toEqual([
    'l1@example.com: Your licence l1 ends in 1 day',
    'l30@example.com: Your licence l30 ends in 30 days',
    'l7@example.com: Your licence l7 ends in 7 days',
  ]);
});

test('a licence gets each of its warnings once, however often the day is run', async () => {
  await put(active('l1', '2026-03-31T12:00:00.000Z'));
  const days = ['01T09:00', '01T09:01', '24T09:00', '24T09:01', '30T09:00', '30T09:01'];
  const warned: unknown[] = [];
  for (const day of days) {
    const at = new Date(`2026-03-${day}:00.000Z`);
    warned.push((await run('send-license-expiry-warnings', at, DAYS)).output);
  }
  const once = { warned: 1, unsure: 0 };
  const none = { warned: 0, unsure: 0 };
  expect(warned).toEqual([once, none, once, none, once, none]);
  expect((await application.get('licence', 'l1')).warned).toEqual(new Set([30, 7, 1]));
});

test('two at once warn once', async () => {
  await put(...Array.from({ length: 10 }, (_, i) => active(`l${i}`, '2026-03-08T10:00:00.000Z')));
  async function* owed(): AsyncGenerator<Owed> {
    for await (const licence of endingIn(7, NINE)) yield warningFor(licence, 7);
  }
  const context = { signal: new AbortController().signal, log: silent };
  await Promise.all([sendEach(owed(), context), sendEach(owed(), context)]);
  expect(application.mails).toHaveLength(10);
  expect(new Set(subjects()).size).toBe(10);
});

test('a refused warning is put back, and earlier ones stay on record', async () => {
  await put(active('l1', '2026-03-08T10:00:00.000Z', { warned: new Set([30]) }));
  application.ses = () => 429;
  const refused = await run('send-license-expiry-warnings', NINE, DAYS);
  expect(refused.status).toBe('failed');
  expect((await application.get('licence', 'l1')).warned).toEqual(new Set([30]));

  application.ses = () => 200;
  const at = new Date(NINE.getTime() + 60_000);
  expect((await run('send-license-expiry-warnings', at, DAYS)).output).toEqual({
    warned: 1,
    unsure: 0,
  });
  expect((await application.get('licence', 'l1')).warned).toEqual(new Set([30, 7]));
});

test('a warning is not sent for a licence that was renewed after it was looked up', async () => {
  await put(active('l1', '2026-03-08T10:00:00.000Z'));
  const [found] = await all(endingIn(7, NINE));
  await put(active('l1', '2027-03-08T10:00:00.000Z'));
  expect(await warningFor(found as Licence, 7).take('mine', NINE)).toBe(false);
});

test('a taking whose answer was lost is recognised when it is sent again', async () => {
  await put(active('l1', '2026-03-08T10:00:00.000Z'));
  const [found] = await all(endingIn(7, NINE));
  const owed = warningFor(found as Licence, 7);
  expect(await owed.take('mine', NINE)).toBe(true);
  expect(await owed.take('mine', NINE)).toBe(true);
  expect(await owed.take('yours', NINE)).toBe(false);
});
