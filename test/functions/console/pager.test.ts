import { describe, expect, test } from 'vitest';
import type { JobView } from '../../../core/operations/overview.ts';
import type { Frame, Place } from '../../../functions/console/frame.ts';
import { jobsView } from '../../../functions/console/jobs-view.ts';
import { readRequest } from '../../../functions/console/request.ts';
import { deployed, FRAMES, jobsOf, NOTE, NOW, overviewOf, viewOf } from './samples.ts';

const JOBS = Array.from({ length: 120 }, (_, i) => `${i % 2 ? 'sync' : 'send'}-${i}`);
const PAUSE = { by: 'ada', why: 'x', since: NOTE.at };
const views = (names: readonly string[]): JobView[] =>
  names.map((name) => {
    const paused = name === 'send-118' ? { ...PAUSE, by: 'breaker' } : undefined;
    return viewOf([], { job: deployed(name), paused, failures: name === 'sync-99' ? 1 : 0 });
  });

describe.each(FRAMES)('a long list, as %s', (name, frame) => {
  const page = (place: Partial<Place> = {}, names = JOBS) =>
    jobsView(jobsOf(overviewOf(views(names)), place), {}, frame).text;
  const shown = (text: string) =>
    [...text.matchAll(/<td class="pq-name"[^>]*><a[^>]*>([^<]+)</g)].map(([, job]) => job);

  test('fifty jobs a page, and links to the others', () => {
    const first = page();
    expect(shown(first)).toEqual(JOBS.slice(0, 50));
    expect(first).toContain('1 to 50 of 120');
    expect(followed(first, 'next', frame)).toEqual({ view: 'jobs', from: 50 });
    expect(followed(first, 'last', frame)).toEqual({ view: 'jobs', from: 100 });
    expect(first).not.toContain('>before<');
    const last = page({ from: 100 });
    expect(shown(last)).toEqual(JOBS.slice(100));
    expect(last).toContain('101 to 120 of 120');
    expect(followed(last, 'before', frame)).toEqual({ view: 'jobs', from: 50 });
    expect(followed(last, 'first', frame)).toEqual({ view: 'jobs' });
    expect(last).not.toContain('>next<');
    // A list that has become shorter ends where it ends.
    expect(shown(page({ from: 4_000 }))).toEqual(JOBS.slice(100));
  });

  test('a part of a name finds jobs, in whichever letters', () => {
    const found = page({ find: 'SYNC-1' });
    expect(shown(found)).toEqual(JOBS.filter((job) => job.startsWith('sync-1')));
    expect(followed(found, 'show all', frame)).toEqual({ view: 'jobs' });
    expect(page({ find: 'nobody' })).toContain('No job has such a name.');
    const paged = page({ find: 'sync', from: 50 });
    expect(shown(paged)).toHaveLength(10);
    expect(followed(paged, 'first', frame)).toEqual({ view: 'jobs', find: 'sync' });
    expect(page({ find: '"><script>' })).not.toContain('<script');
  });

  test('those that need attention come first, if so asked', () => {
    const sorted = page({ worstFirst: true });
    expect(shown(sorted).slice(0, 3)).toEqual(['send-118', 'sync-99', 'send-0']);
    expect(followed(sorted, 'next', frame)).toMatchObject({ worstFirst: true });
    expect(followed(sorted, 'in the list&#39;s order', frame)).toEqual({ view: 'jobs' });
    expect(followed(page(), 'those that need attention first', frame)).toEqual({
      view: 'jobs',
      worstFirst: true,
    });
  });

  test('what is done there comes back there', () => {
    const place = { find: 's', worstFirst: true };
    const asked = followed(page(place), 'Resume', frame);
    const jobs = { view: 'jobs', ...place };
    expect(asked).toMatchObject(name === 'page' ? { view: 'confirm', back: jobs } : jobs);
  });

  test('a list of one page has nothing to turn', () => {
    const short = page({}, JOBS.slice(0, 50));
    expect(shown(short)).toHaveLength(50);
    expect(short).not.toContain('pq-finder');
    expect(page()).toContain('pq-finder');
  });
});

/** What the console reads from a click on a link. */
function followed(page: string, label: string, frame: Frame): unknown {
  const link = frame.isInAws
    ? page.split(`>${label}</a><cwdb-action`)[1]?.match(/>([^<]*)</)?.[1]
    : page.split(`">${label}</a>`)[0]?.match(/.*href="([^"]*)$/s)?.[1];
  const text = (link ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const event = frame.isInAws
    ? JSON.parse(text)
    : Object.fromEntries(new URL(text, 'http://page').searchParams);
  return readRequest(event, NOW).show;
}
