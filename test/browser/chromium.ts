import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian puts it; another one by the variable. */
const PATH = process.env.PUNCTUAL_CHROMIUM ?? '/usr/bin/chromium';

/** Whether this machine has a browser; it must have one where PUNCTUAL_BROWSER is `required`. */
export const hasBrowser = isThere() || process.env.PUNCTUAL_BROWSER === 'required';

function isThere(): boolean {
  try {
    accessSync(PATH, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts it with an empty profile of its own, which goes with it; it asks nobody for anything. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    // Chromium's sandbox refuses to work for root, which is who runs in most containers.
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-quic', '--disable-component-update', '--disable-sync'],
  });
}
