import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { nobodysEndpoint } from '../support/bad-store.ts';
import { MAIN, punctual } from './cloud.ts';

const NOTHING_SET = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_REGION: '' };
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

/** One line on standard error, nothing on standard output, no stack trace, exit code 2. */
async function refused(args: readonly string[], environment = {}): Promise<string> {
  const { code, stdout, stderr } = await punctual(args, environment);
  expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr;
}

test.each([
  [['lst'], /unknown command 'lst' .*list/],
  [['list', '--jsn'], /unknown option '--jsn' .*--json/],
  [['show', 'a'], /missing required argument 'tick'/],
  [['runs', '--limit', 'many'], /--limit.*whole number/],
  [['runs', '--since', 'yesterday'], /--since.*90m, 24h or 30d/],
  [['runs', '--status', 'bad'], /--status.*timed_out/],
  [['next', '--from', '2026-02-30T00:00Z'], /--from.*2026-03-01T09:00Z/],
  [['next', '--count', '1001'], /--count.*from 1 to 1000/],
  [['watch', '--every', '0.001s'], /--every.*at least 1s/],
  [['list', '--local', 'here'], /'here' is invalid.*http:\/\/127\.0\.0\.1:8377/],
  [['list', '--local', '--stage', 'dev'], /--local and --stage mean two clouds/],
  [['completion', 'tcsh'], /'tcsh'.*bash, zsh, fish/],
])('%j', async (args, what) => {
  expect(await refused(args)).toMatch(what);
});

test('no local cloud', async () => {
  const address = await nobodysEndpoint();
  expect(await refused(['list', '--local', address])).toMatch(
    /^no local cloud answers at .*npm start/,
  );
});

test('a port that is something else', async () => {
  const server = createServer((_, response) => void response.end('<h1>It works!</h1>'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  expect(await refused(['list', '--local', String(port)])).toMatch(
    /^what answers at http:\/\/127.* is no local cloud of Punctual/,
  );
  server.close();
});

test('no credentials', async () => {
  const text = await refused(['list', '--stage', 'dev', '--region', 'eu-central-1'], NOTHING_SET);
  expect(text).toMatch(/^there are no AWS credentials; .*--profile/);
});

test('no region, and one that is none', async () => {
  expect(await refused(['list', '--stage', 'dev'], { ...NOTHING_SET, ...CREDENTIALS })).toMatch(
    /^no AWS region; name one with --region/,
  );
  const wrong = ['list', '--stage', 'dev', '--region', 'eu-nowhere-7'];
  expect(await refused(wrong, CREDENTIALS)).toMatch(/check --region/);
});

test('standard error that nobody reads is no trouble', async () => {
  const child = spawn(process.execPath, [MAIN, 'lst'], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.destroy();
  expect(await once(child, 'exit')).toEqual([2, null]);
});
