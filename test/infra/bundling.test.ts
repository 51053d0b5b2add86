import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { BundleCache } from '../../infra/bundle-cache.ts';
import { bundle } from '../../infra/bundling.ts';
import * as unbundled from './bundled/client.ts';

const CLIENT = resolve(import.meta.dirname, 'bundled/client.ts');
const JOB = resolve(import.meta.dirname, '../../bench/handlers/punctual.ts');
const SWEEPER = resolve(import.meta.dirname, '../../functions/operator/sweeper.ts');

/** The files of an entry's bundle, with their content. */
async function filesOf(entry: string, among: string[], constants: Record<string, unknown> = {}) {
  return contentsOf((await bundle(among, constants)).get(entry)?.folder);
}

function contentsOf(folder = '') {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

test("a function's code depends on nothing but its own", async () => {
  const alone = await filesOf(JOB, [JOB]);
  const list = { PUNCTUAL_JOBS: [{ name: 'a-job-of-the-list' }] };
  expect(await filesOf(JOB, [SWEEPER, JOB], list)).toEqual(alone);
  expect(alone['index.mjs']).toContain('serviceName:"punctual"');
});

test('a constant is in the code of who mentions it', async () => {
  const list = { PUNCTUAL_JOBS: [{ name: 'a-job-of-the-list' }] };
  const { 'index.mjs': code } = await filesOf(SWEEPER, [SWEEPER], list);
  expect(code).toContain('a-job-of-the-list');
});

test('what the cache has is not built; what it has not is kept in it', async () => {
  const list = { PUNCTUAL_JOBS: [{ name: 'a-job-of-the-list' }], OTHER: 'not mentioned' };
  const defined = 'const PUNCTUAL_JOBS=[{"name":"a-job-of-the-list"}];';
  const kept = { 'index.mjs': 'kept', 'more.mjs': 'too' };
  const find = vi.fn((entry: string) => (entry === SWEEPER ? kept : undefined));
  const keep = vi.fn();
  const before = Date.now();
  const cache = { find, keep } as unknown as BundleCache;
  const bundles = await bundle([SWEEPER, JOB], list, cache);
  expect(contentsOf(bundles.get(SWEEPER)?.folder)).toEqual(kept);
  expect(find.mock.calls).toEqual([
    [SWEEPER, defined],
    [JOB, ''],
  ]);
  const [[entry, none, made] = []] = keep.mock.calls;
  expect([entry, none, keep.mock.calls.length]).toEqual([JOB, '', 1]);
  expect(made.files).toEqual(contentsOf(bundles.get(JOB)?.folder));
  expect(made.inputs).toEqual(
    expect.arrayContaining(['bench/handlers/punctual.ts', 'core/run/flow.ts']),
  );
  expect(made.startedAt).toBeLessThan(before);
});

test('what is loaded on demand has files of its own', async () => {
  const files = Object.keys(await filesOf(JOB, [JOB]));
  expect(files).toContainEqual(expect.stringMatching(/^lambda-client-\w+\.mjs$/));
  expect(files).toContainEqual(expect.stringMatching(/^scheduler-client-\w+\.mjs$/));
});

/** What an entry exports once it is bundled, of files that are written for it. */
async function bundledOf(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'punctual-sources-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const entry = join(folder, 'job.js');
  return await import(join((await bundle([entry])).get(entry)?.folder ?? '', 'index.mjs'));
}

test('a CommonJS file that is loaded on demand has its exports', async () => {
  const { handler } = await bundledOf({
    'parser.cjs': 'exports.parse = () => "parsed";',
    'job.js': 'export const handler = async () => (await import("./parser.cjs")).parse();',
  });
  expect(await handler()).toBe('parsed');
});

test('imports are evaluated in their order, also of what is loaded on demand as well', async () => {
  const { handler } = await bundledOf({
    'first.js': 'globalThis.portOfJob = 8080;',
    'shared.js': 'export const port = globalThis.portOfJob;',
    'later.js': 'import { port } from "./shared.js"; export const later = port;',
    'job.js':
      'import "./first.js"; import { port } from "./shared.js";' +
      'export const handler = async () => [port, (await import("./later.js")).later];',
  });
  expect(await handler()).toEqual([8080, 8080]);
});

describe('a trimmed client', async () => {
  const { folder } = (await bundle([CLIENT])).get(CLIENT) ?? { folder: '' };
  const bundled: typeof unbundled = await import(join(folder, 'index.mjs'));

  const said = (type: string, more = {}) =>
    JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no', ...more });

  test.each<[string, number, string]>([
    ['an item', 200, '{"Attributes":{"fence":{"N":"7"}}}'],
    ['a refusal', 400, said('ConditionalCheckFailedException', { Item: { lock: { S: 'a' } } })],
    ['throttling', 400, said('ProvisionedThroughputExceededException')],
    ['throttling of another kind', 400, said('ThrottlingException')],
    ['a conflict', 400, said('TransactionConflictException')],
    ['a table that is not there', 400, said('ResourceNotFoundException')],
    ['bad credentials', 400, said('UnrecognizedClientException')],
    ['an error that nobody knows', 400, said('SomethingNewException')],
    ['an outage', 500, said('InternalServerError')],
    ['what is no JSON', 503, '<html>'],
  ])('reads %s as the whole one does', async (_, status, body) => {
    const endpoint = await answering((response) => response.writeHead(status).end(body));
    const seen = await bundled.ask(endpoint);
    expect(seen).toEqual(await unbundled.ask(endpoint));
    expect(seen).not.toEqual({});
  });

  test('gives up on an answer that does not come', async () => {
    const endpoint = await answering(() => {});
    expect(await bundled.ask(endpoint, 50)).toMatchObject({ name: 'TimeoutError' });
  });

  /** An endpoint that does this with each request. */
  async function answering(answer: (response: ServerResponse) => void): Promise<string> {
    const server = createServer((request, response) => {
      request.resume().once('end', () => answer(response));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }
});

test('the trimmed checksums are right', async () => {
  const entry = join(mkdtempSync(join(tmpdir(), 'punctual-sums-')), 'sums.ts');
  writeFileSync(entry, `export { Crc32Node, Sha256Node } from '@smithy/core/checksum';`);
  const { folder } = (await bundle([entry])).get(entry) ?? { folder: '' };
  const { Crc32Node, Sha256Node } = await import(join(folder, 'index.mjs'));
  const sumOf = async (sum: { update(data: Buffer): void; digest(): Promise<Uint8Array> }) => {
    sum.update(Buffer.from('a '));
    sum.update(Buffer.from('text'));
    return Buffer.from(await sum.digest()).toString('hex');
  };
  expect(await sumOf(new Crc32Node())).toBe(crc32('a text').toString(16).padStart(8, '0'));
  expect(await sumOf(new Sha256Node())).toBe(createHash('sha256').update('a text').digest('hex'));
});
