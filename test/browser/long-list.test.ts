import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from './chromium.ts';
import { Stage } from './stage.ts';

const LIST = fileURLToPath(new URL('./long-list.ts', import.meta.url));

describe.skipIf(!hasBrowser)('a list of more than a page, without JavaScript', () => {
  let browser: Browser;
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    [browser, stage] = await Promise.all([
      openBrowser(),
      Stage.open('2026-03-01T00:00Z', {}, { list: LIST }),
    ]);
    page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  });

  afterAll(async () => {
    await Promise.all([browser?.close(), stage?.close()]);
  });

  const follow = (name: string) => page.getByRole('link', { name, exact: true }).first().click();
  const jobs = () => page.locator('.pq-name').allInnerTexts();

  test('turned, searched, and what is done on a page comes back to it', async () => {
    await page.goto(stage.url);
    expect(await jobs()).toHaveLength(50);
    await follow('next');
    expect(await jobs()).toHaveLength(10);
    expect((await jobs())[0]).toBe('send-reminders@shop-51');

    await follow('Pause');
    await page.getByLabel('Why').fill('it is closed');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    expect(await jobs()).toHaveLength(10);
    expect(await page.locator('.pq-notice').innerText()).toContain('shop-51 is paused');

    await page.getByLabel('Name').fill('SHOP-5');
    await page.getByRole('button', { name: 'Find' }).click();
    expect(await jobs()).toHaveLength(11);
    expect((await jobs())[0]).toBe('send-reminders@shop-5');
    await follow('those that need attention first');
    expect((await jobs())[0]).toBe('send-reminders@shop-51');
    await follow('show all');
    expect(await jobs()).toHaveLength(50);
    expect((await jobs())[0]).toBe('send-reminders@shop-51');
  });

  test('a page that somebody may be writing into does not load itself again', async () => {
    await page.goto(stage.url);
    expect(await page.getByLabel('Name').count()).toBe(1);
    expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(0);
  });

  test('the day is drawn: as it is, and packed', async () => {
    await page.goto(stage.url);
    const strips = page
      .locator('section')
      .filter({ hasText: 'Starts of a day' })
      .locator('svg[role]');
    expect(await strips.count()).toBe(2);
    expect(await strips.first().getAttribute('aria-label')).toContain(
      '1 start in the fullest minute',
    );
    const { width = 0, height = 0 } = (await strips.first().boundingBox()) ?? {};
    expect(width).toBeGreaterThan(500);
    expect(height).toBeGreaterThan(20);
  });
});
