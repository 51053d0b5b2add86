import type { HttpRequest } from './http.ts';

const OURS = new Set(['127.0.0.1', 'localhost']);

/**
 * Why a request is not answered; `undefined` where it is. The functions, the command line and our own
 * page may ask for anything; any other web page that this machine's browser has open may not: it could
 * pause jobs and run them.
 */
export function whyRefused({ method, headers }: HttpRequest): string | undefined {
  const { host = '', origin } = headers;
  // A foreign name that was made to lead here would make the browser take its page for ours.
  if (!OURS.has(hostOf(host))) return `asked as '${host}'; ask as 127.0.0.1 or localhost`;
  if (method === 'GET') return undefined;
  const site = headers['sec-fetch-site'] ?? 'none';
  const isForeign = site !== 'same-origin' && site !== 'none';
  if (isForeign || (origin !== undefined && origin !== `http://${host}`)) {
    return 'only its own page may ask this';
  }
  return undefined;
}

function hostOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
