import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** `npm start -- ...`, without npm. */
class Started {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  stdout = '';
  stderr = '';

  constructor(...args: string[]) {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    this.#child = spawn(process.execPath, ['local/main.ts', ...args], { cwd: ROOT, stdio });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
  }

  /** Resolves once standard output fulfils this. */
  async said(enough: (stdout: string) => boolean): Promise<void> {
    while (!enough(this.stdout)) await once(this.#child.stdout as EventEmitter, 'data');
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** @returns the exit code */
  async ended(): Promise<number> {
    const [code] = await this.#closed;
    return code as number;
  }

  lines(): string[] {
    return this.stdout.trimEnd().split('\n');
  }

  /** The lines that tell of a run. */
  runs(): string[] {
    return this.lines().filter((line) => / succeeded +\d+ ms/.test(line));
  }
}

describe('a bad value is one line that says what is right, with exit code 2', () => {
  test.each([
    [
      ['--for', '5 minuts'],
      "option '--for <duration>' argument '5 minuts' is invalid. Write a number and s, m, h or d, such as 90m, 24h or 2d.",
    ],
    [
      ['--speed', '0'],
      "option '--speed <factor>' argument '0' is invalid. Write a number above 0, up to 100000, such as 60 or 1, or max.",
    ],
    [
      ['--from', '2026-02-30T00:00Z'],
      "option '--from <time>' argument '2026-02-30T00:00Z' is invalid. Write a time with its zone, such as 2026-03-01T00:00Z.",
    ],
    [
      ['--deliver', '1.5'],
      "option '--deliver <times>' argument '1.5' is invalid. Write a whole number from 1 to 100.",
    ],
    [
      ['--dynamodb', 'mysql'],
      "option '--dynamodb <engine>' argument 'mysql' is invalid. Allowed choices are dynalite, java.",
    ],
    [
      ['--schedules', 'nowhere.ts'],
      "option '--schedules <path>' argument 'nowhere.ts' is invalid. There is no such file.",
    ],
    [
      ['--eventbridge-off', '2026-03-01T02:00Z/2026-03-01T01:00Z'],
      "option '--eventbridge-off <from/to>' argument '2026-03-01T02:00Z/2026-03-01T01:00Z' is invalid. Write two times, the earlier first, with a slash between them.",
    ],
    [
      ['--eventbridge-off', '2026-03-01T02:00Z'],
      "option '--eventbridge-off <from/to>' argument '2026-03-01T02:00Z' is invalid. Write two times, the earlier first, with a slash between them.",
    ],
    [['24h'], "unknown argument '24h'; options follow two dashes: npm start -- --for 24h"],
    [
      ['--schedules', 'test/fixtures/lists/bad-interval.ts', '--port', '0'],
      expect.stringMatching(/^job '.+': every: .+$/),
    ],
  ])('%j', async (args, line) => {
    const started = new Started(...args);
    expect(await started.ended()).toBe(2);
    expect(started.stderr.trimEnd()).toEqual(line);
    expect(started.runs()).toEqual([]);
  });

  test('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const started = new Started('--port', String(port));
    expect(await started.ended()).toBe(2);
    server.close();
    expect(started.stderr).toBe(
      `port ${port} is taken; end what listens on it, or choose another one with --port\n`,
    );
  });
});

test('half an hour, each event delivered twice: every tick succeeds once and leaves its row', async () => {
  const args = '--for 30m --speed max --from 2026-03-01T08:45Z --deliver 2 --json --port 0'.split(
    ' ',
  );
  const started = new Started(...args);
  const code = await started.ended();
  const none = { failed: 0, timedOut: 0, crashed: 0, skipped: 0, missed: 0, waiting: 0 };
  const all = (count: number) => ({
    ...none,
    expected: count,
    succeeded: count,
    duplicates: count,
  });
  expect(started.stderr).toBe('');
  expect(JSON.parse(started.lines().at(-1) ?? '')).toEqual({
    from: '2026-03-01T08:45Z',
    to: '2026-03-01T09:15Z',
    jobs: {
      'update-stuck-builds': all(3),
      'reconnect-websockets': all(6),
      'reconnect-workers': all(4),
      'send-build-complete-emails': all(3),
      'update-expired-licenses': all(1),
      'send-build-failed-emails': all(3),
      'send-license-expiry-warnings': all(1),
    },
    withoutRow: 0,
    left: { schedules: 0, messages: 0, poison: 0 },
  });
  expect(code).toBe(0);
  expect(started.runs()).toHaveLength(21);
  expect(started.stdout).not.toContain('\u001b'); // no colours through a pipe
});

test('Ctrl-C: no new ticks, a summary of those that were, exit code 0; until then there is a page', async () => {
  const started = new Started('--speed', 'max', '--json', '--port', '0');
  await started.said(() => started.runs().length >= 20);
  const page = await (await fetch(/http:\/\/\S+:\d+/.exec(started.stdout)?.[0] ?? '')).text();
  started.interrupt();
  const code = await started.ended();
  const summary = JSON.parse(started.lines().at(-1) ?? '');
  const jobs = Object.values<{ expected: number; succeeded: number }>(summary.jobs);
  expect(page).toContain('>reconnect-workers</a>');
  expect(code).toBe(0);
  expect(summary.withoutRow).toBe(0);
  expect(jobs.every(({ expected, succeeded }) => expected === succeeded)).toBe(true);
  expect(jobs.reduce((sum, { expected }) => sum + expected, 0)).toBe(started.runs().length);
});
