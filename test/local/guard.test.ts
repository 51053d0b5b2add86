import type { IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { whyRefused } from '../../local/guard.ts';

const HOST = '127.0.0.1:8377';

const asked = (method: string, headers: IncomingHttpHeaders) =>
  whyRefused({ method, headers, path: '/', query: new URLSearchParams(), body: '' });

test.each<[string, string, IncomingHttpHeaders]>([
  ['a page load', 'GET', { host: HOST }],
  ['a link from elsewhere', 'GET', { host: HOST, 'sec-fetch-site': 'cross-site' }],
  ['another port that leads here', 'GET', { host: 'localhost:9000' }],
  ['the AWS SDK', 'POST', { host: HOST }],
  [
    'our own form',
    'POST',
    { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' },
  ],
  ['a form that somebody typed in', 'POST', { host: HOST, 'sec-fetch-site': 'none' }],
])('%s is answered', (_, method, headers) => {
  expect(asked(method, headers)).toBeUndefined();
});

const FOREIGN = 'only its own page may ask this';

test.each<[string, string, IncomingHttpHeaders, string]>([
  ['a page elsewhere', 'POST', { host: HOST, 'sec-fetch-site': 'cross-site' }, FOREIGN],
  ['a page on another port', 'POST', { host: HOST, 'sec-fetch-site': 'same-site' }, FOREIGN],
  [
    'a page elsewhere, old browser',
    'POST',
    { host: HOST, origin: 'https://evil.example' },
    FOREIGN,
  ],
  ['a page without an origin', 'POST', { host: HOST, origin: 'null' }, FOREIGN],
  ['our page by its other name', 'POST', { host: HOST, origin: 'http://localhost:8377' }, FOREIGN],
  [
    'a name that was made to lead here',
    'GET',
    { host: 'evil.example:8377', 'sec-fetch-site': 'same-origin' },
    "asked as 'evil.example:8377'; ask as 127.0.0.1 or localhost",
  ],
  [
    'a name that begins like ours',
    'GET',
    { host: '127.0.0.1.evil.example' },
    "asked as '127.0.0.1.evil.example'; ask as 127.0.0.1 or localhost",
  ],
  ['no name at all', 'GET', {}, "asked as ''; ask as 127.0.0.1 or localhost"],
])('%s is refused', (_, method, headers, why) => {
  expect(asked(method, headers)).toBe(why);
});
