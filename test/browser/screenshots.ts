/** `npm run screenshots`: a day of the jobs of this folder, and the pictures of it in docs/. */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './chromium.ts';
import { Stage } from './stage.ts';

const DAY = '2026-03-01';
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

const at = (clockTime: string) => `${DAY}T${clockTime}Z`;
const off = { from: Date.parse(at('07:00')), to: Date.parse(at('08:00')) };

const browser = await openBrowser();
const stage = await Stage.open(at('00:00'), { eventBridgeOff: [off] });
await inPage(browser, 'light', async (page) => {
  await stage.playTo(at('13:05'));
  await act(page, 'sync-stock', 'Pause', 'the stock is being counted');
  await stage.playTo(at('14:20'));
  await act(page, 'sync-stock', 'Resume', 'counted');
  await act(page, 'send-reminders', 'Run now', 'a customer asked');
  await stage.playTo(at('17:00'));
  await act(page, 'sync-stock', 'Pause', 'counted once more');
});
// A run is live, and another one waits for its second attempt.
await stage.reach(at('18:03:20'));
for (const scheme of ['light', 'dark'] as const) {
  await inPage(browser, scheme, async (page) => {
    await page.goto(stage.url);
    await page.screenshot({ path: `${DOCS}console-${scheme}.png`, fullPage: true });
  });
}
await inPage(browser, 'light', async (page) => {
  await page.goto(`${stage.url}/?view=run&job=import-invoices&tick=${at('11:23')}`);
  await page.screenshot({ path: `${DOCS}console-run.png`, fullPage: true });
});
await Promise.all([browser.close(), stage.close()]);

async function inPage(
  browser: Browser,
  colorScheme: 'light' | 'dark',
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } });
  await work(await context.newPage());
  await context.close();
}

/** What a person does: opens the job, presses the button, says why. */
async function act(page: Page, job: string, label: string, why: string): Promise<void> {
  await page.goto(`${stage.url}/?view=job&job=${job}`);
  await page.getByRole('link', { name: label, exact: true }).click();
  await page.getByLabel('Why').fill(why);
  await page.getByRole('button', { name: label, exact: true }).click();
  await stage.settled();
}
