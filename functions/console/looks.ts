import type { Run } from '../../core/run/states.ts';
import { type Html, html } from './html.ts';

/** How a run is shown: its status, or what it is doing. */
export type Look = Run['status'] | 'waiting' | 'running' | 'next';

/** The words of a look, and the path of its mark in a square of 10. Each has a shape of its own: colour is not the only sign. */
const LOOKS: Record<Look, { words: string; path: string }> = {
  succeeded: { words: 'succeeded', path: 'M5 1.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7z' },
  failed: { words: 'failed', path: 'M1.5 1.5l7 7m0-7l-7 7' },
  timed_out: { words: 'timed out', path: 'M1.5 1.5h7l-7 7h7z' },
  crashed: { words: 'crashed', path: 'M5 1l4 7.5h-8z' },
  missed: { words: 'missed', path: 'M5 1l4 4l-4 4l-4-4z' },
  skipped: { words: 'skipped', path: 'M1.5 5h7' },
  waiting: { words: 'to be tried again', path: 'M5 1.5a3.5 3.5 0 1 0 3.5 3.5m0-4v4h-4' },
  running: { words: 'running', path: 'M2 1.5l6.5 3.5l-6.5 3.5z' },
  next: { words: 'to come', path: 'M5 2v6' },
};

/** Those of the legend, in its order. */
export const LEGEND: readonly Look[] = [
  'succeeded',
  'running',
  'waiting',
  'skipped',
  'missed',
  'failed',
  'timed_out',
  'crashed',
];

/** A run that did not succeed and will be tried again is not over. */
export function lookOf({ status, retryAt }: Pick<Run, 'status' | 'retryAt'>): Look {
  return retryAt === undefined ? status : 'waiting';
}

export function wordsOf(look: Look): string {
  return LOOKS[look].words;
}

/** The colour of a look, as a class of the page's style. */
export function classOf(look: Look): string {
  return `pq-${look}`;
}

/** The shape of a look, within an `<svg>`, with its words where the pointer rests. */
export function shapeOf(look: Look, title: string): Html {
  return html`<path class="${classOf(look)}" d="${LOOKS[look].path}"><title>${title}</title></path>`;
}

/** A mark that stands in a line of text. Its words stand beside it. */
export function markOf(look: Look, title = wordsOf(look)): Html {
  return html`<svg class="pq-icon" width="10" height="10" viewBox="0 0 10 10">${shapeOf(look, title)}</svg>`;
}

/** The mark and its words. */
export function badge(look: Look, words = wordsOf(look)): Html {
  return html`<span class="pq-badge ${classOf(look)}">${markOf(look)} ${words}</span>`;
}

/** What became of a run, in words: `failed`, `skipped: paused`, `failed, to be tried again`. */
export function whatOf({
  status,
  reason,
  retryAt,
}: Pick<Run, 'status' | 'reason' | 'retryAt'>): string {
  const what = reason ? `${wordsOf(status)}: ${reason}` : wordsOf(status);
  return retryAt === undefined ? what : `${what}, to be tried again`;
}
