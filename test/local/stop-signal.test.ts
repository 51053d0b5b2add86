import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const RUN = resolve(import.meta.dirname, '../fixtures/stop-signal.mjs');

let child: ReturnType<typeof start>;

function start() {
  return spawn(process.execPath, [RUN], { stdio: ['ignore', 'pipe', 'inherit'] });
}

beforeEach(async () => {
  child = start();
  expect(String((await once(child.stdout, 'data'))[0])).toBe('running\n');
});

afterEach(() => {
  child.kill('SIGKILL');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s asks for a graceful end', async (signal) => {
  child.kill(signal);
  expect(String((await once(child.stdout, 'data'))[0])).toBe('asked\n');
  expect(child.exitCode).toBeNull();
});

test("one Ctrl-C that npm passes on as well is one; the user's second one ends at once", async () => {
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect(String((await once(child.stdout, 'data'))[0])).toBe('asked\n');
  const again = setInterval(() => child.kill('SIGINT'), 50);
  const [code] = await once(child, 'exit');
  clearInterval(again);
  expect(code).toBe(130);
});
