import { userInfo } from 'node:os';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from './chromium.ts';
import { Stage } from './stage.ts';

const DAY = '2026-03-01';

describe.skipIf(!hasBrowser)('the local page in a real browser', () => {
  let browser: Browser;
  let stage: Stage;

  beforeAll(async () => {
    [browser, stage] = await Promise.all([openBrowser(), Stage.open(`${DAY}T00:00Z`)]);
  });

  afterAll(async () => {
    await Promise.all([browser?.close(), stage?.close()]);
  });

  describe('without JavaScript', () => {
    let page: Page;

    beforeEach(async () => {
      const context = await browser.newContext({ javaScriptEnabled: false });
      page = await context.newPage();
      return () => context.close();
    });

    /** Presses a button, and the one of the form that asks for certain. */
    async function act(label: string, why: string): Promise<void> {
      await page.getByRole('link', { name: label, exact: true }).first().click();
      await page.getByLabel('Why').fill(why);
      await page.getByRole('button', { name: label, exact: true }).click();
    }

    /** The rows of the table below a heading. */
    const rowsOf = (heading: string) =>
      page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: heading, exact: true }) })
        .locator('tbody tr');
    const runs = () => rowsOf('Runs');

    test('pause a job, see its tick skipped, resume it, run it now, see the run', async () => {
      await stage.playTo(`${DAY}T00:05Z`);
      await page.goto(stage.url);
      await page.getByRole('link', { name: 'send-reminders', exact: true }).first().click();
      expect(await runs().allInnerTexts()).toEqual([expect.stringMatching(/00:00\s+succeeded/)]);

      await act('Pause', 'the mail server <moves>');
      const text = await page.locator('body').innerText();
      expect(text).toContain('the mail server <moves>');
      expect(text).toContain(`Paused by ${userInfo().username}`);
      const address = page.url();

      await stage.playTo(`${DAY}T00:15Z`);
      await page.goto(address);
      expect(await runs().first().innerText()).toMatch(/00:10\s+skipped: paused/);

      await act('Resume', 'it has moved');
      expect(await page.locator('body').innerText()).not.toContain('Paused by');

      await act('Run now', 'to be sure');
      await stage.settled();
      await page.goto(address);
      expect(await runs().count()).toBe(3);
      expect(await runs().first().innerText()).toMatch(/00:15\s+succeeded\s+1 manual/);

      await runs().first().getByRole('link').first().click();
      const run = await page.locator('body').innerText();
      expect(run).toMatch(/asked for by\s+manual/);
      expect(run).toContain('"reminded": 15');
    });

    test('what people did is written down, with who and why', async () => {
      await page.goto(stage.url);
      const told = await rowsOf('What people did').allInnerTexts();
      const by = userInfo().username;
      expect(told).toHaveLength(3);
      expect(told[0]).toContain('to be sure');
      expect(told[1]).toContain('it has moved');
      expect(told[2]).toContain('the mail server <moves>');
      for (const note of told) expect(note).toContain(by);
    });
  });

  test('nothing of what a job returns or throws is run, even where the page were allowed to', async () => {
    await stage.playTo(`${DAY}T01:05Z`);
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => dialogs.push(dialog.message()) && dialog.dismiss());
    const job = `${stage.url}/?view=job&job=read-feed`;
    const run = (clockTime: string) =>
      `${stage.url}/?view=run&job=read-feed&tick=${DAY}T${clockTime}Z`;
    for (const address of [stage.url, job, run('01:00'), run('00:30'), `${run('00:30')}&full=1`]) {
      await page.goto(address);
      expect(await page.title()).toBe('Punctual');
      expect(await page.locator('body').innerText()).toContain('read-feed');
      expect(await page.evaluate('window.hostile')).toBeUndefined();
      expect(await page.locator('script, img, cwdb-action, [onload], [href^="javascript"]').count())
        .toBe(0); // biome-ignore format: one line reads better
    }
    expect(dialogs).toEqual([]);
    await context.close();
  });

  test('what is long is cut, with a link to the rest', async () => {
    const page = await browser.newPage();
    await page.goto(`${stage.url}/?view=run&job=read-feed&tick=${DAY}T00:30Z`);
    const shown = () => page.locator('pre').last().innerText();
    expect((await shown()).length).toBeLessThanOrEqual(4_000);
    await page.getByRole('link', { name: 'show all of it' }).click();
    await page.waitForURL(/full=1/);
    expect((await shown()).length).toBeGreaterThan(20_000);
    await page.close();
  });

  test("another site's form does nothing", async () => {
    const page = await browser.newPage();
    await page.setContent(`<form method="post" action="${stage.url}">
      <input name="action" value="pause"><input name="job" value="sync-stock"><button>go</button></form>`);
    await page.getByRole('button').click();
    await page.waitForURL(`${stage.url}/`);
    expect(await page.locator('body').innerText()).toContain('only its own page may ask this');
    await page.goto(`${stage.url}/?view=job&job=sync-stock`);
    expect(await page.locator('body').innerText()).not.toContain('Paused by');
    await page.close();
  });
});
