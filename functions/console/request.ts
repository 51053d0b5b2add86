import { closest } from 'fastest-levenshtein';
import { type ActionRequest, Refused } from '../../core/operations/actions.ts';
import { ACTIONS, type Action } from '../../core/operations/note.ts';
import type { Tick } from '../../core/run/tick.ts';
import { type Duration, toMs } from '../../core/schedule/duration.ts';
import type { Deed, Place } from './frame.ts';
import type { Theme } from './page.ts';
import { cut } from './text.ts';

/** What the console is called with: by CloudWatch, or by the local page. All of it comes from outside. */
export interface ConsoleEvent {
  /** CloudWatch asks what parameters there are. */
  describe?: boolean;
  /** Whether the answer is to be a page of its own, with addresses. Default: a widget. */
  page?: boolean;
  /** Default: `jobs`. */
  view?: string;
  job?: string;
  tick?: string;
  /** Whether long values are shown whole. */
  full?: boolean | string;
  /** Of the jobs: a part of the name; see `Place`. */
  find?: string;
  /** Whether it is the one that is typed into the widget. */
  finds?: boolean;
  from?: number | string;
  worstFirst?: boolean | string;
  /** What is to be done; with the view `confirm` it is only asked about. */
  action?: string;
  /** How long a pause lasts: an ISO 8601 time, or a duration such as `1 hour`. */
  until?: string;
  holder?: string;
  /** The view that comes after a confirmation. */
  back?: string;
  who?: string;
  why?: string;
  widgetContext?: {
    theme?: string;
    /** What is typed into the widget, by name. */
    forms?: { all?: Record<string, unknown> };
  };
}

/** What is to be shown. */
export type View = Place | { view: 'confirm'; deed: Deed; back: Place };

/** An event that was read. */
export interface ConsoleRequest {
  show: View;
  /** What is to be done before. */
  action?: ActionRequest;
  /** What the person said of themselves. */
  said: { who?: string; why?: string };
}

const VIEWS = ['jobs', 'job', 'run', 'confirm'] as const;
const TICK = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/;
const LONGEST = 300;

/**
 * @param now milliseconds since 1970
 * @throws Refused for what is no view, no action, no tick, or names no job
 */
export function readRequest(event: ConsoleEvent, now: number): ConsoleRequest {
  const typed = event.widgetContext?.forms?.all ?? {};
  const said = { who: text(event.who ?? typed.who), why: text(event.why ?? typed.why) };
  const view = oneOf('view', text(event.view) ?? 'jobs', VIEWS);
  const action = text(event.action);
  if (action === undefined) {
    if (view === 'confirm') throw new Refused('what is to be confirmed? name an action');
    return { show: placeOf(view, event), said };
  }
  const deed = deedOf(oneOf('action', action, ACTIONS), event);
  if (view === 'confirm') {
    const back = oneOf('view', text(event.back) ?? 'jobs', ['jobs', 'job', 'run'] as const);
    return { show: { view, deed, back: placeOf(back, event) }, said };
  }
  const until =
    deed.action === 'pause' ? untilOf(text(event.until ?? typed.until), now) : undefined;
  return { show: placeOf(view, event), action: { ...deed, until }, said };
}

/** The colours that CloudWatch shows the dashboard in. */
export function themeOf({ widgetContext }: ConsoleEvent): Theme | undefined {
  const theme = widgetContext?.theme;
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

function placeOf(view: Place['view'], event: ConsoleEvent): Place {
  if (view === 'jobs') return { view, ...partOf(event) };
  const job = jobOf(event);
  if (view === 'job') return { view, job };
  const tick = tickOf(event);
  if (tick === undefined) throw new Refused(`which run of ${job}? name its tick`);
  return { view, job, tick, full: isSet(event.full) };
}

/** Which jobs of the list. */
function partOf(event: ConsoleEvent): Omit<Place, 'view'> {
  const { find, finds, from, worstFirst, widgetContext } = event;
  const typed = widgetContext?.forms?.all ?? {};
  const before = Math.floor(Number(from));
  return {
    find: text(finds ? typed.find : find),
    // What is no number, or too large, is the list's beginning, or its end.
    from: before > 0 ? before : undefined,
    worstFirst: isSet(worstFirst) || undefined,
  };
}

/** A link of the page has text, one of the widget what it means. */
function isSet(value: boolean | string | undefined): boolean {
  return value === true || value === '1';
}

function deedOf(action: Action, event: ConsoleEvent): Deed {
  return { action, job: jobOf(event), tick: tickOf(event), holder: text(event.holder) };
}

function jobOf(event: ConsoleEvent): string {
  const job = text(event.job);
  if (job === undefined) throw new Refused('which job? name it');
  return job;
}

function tickOf(event: ConsoleEvent): Tick | undefined {
  const tick = text(event.tick);
  if (tick === undefined || (TICK.test(tick) && !Number.isNaN(Date.parse(tick)))) return tick;
  throw new Refused(`'${tick}' is no tick; write one such as 2026-03-01T09:00Z`);
}

/** A length counts from when it was asked for, not from when the page was made that had it to choose. */
function untilOf(until: string | undefined, now: number): string | undefined {
  if (until === undefined || /^\d{4}-/.test(until)) return until;
  try {
    return new Date(now + toMs(until as Duration)).toISOString();
  } catch {
    throw new Refused(`'${until}' is no length of a pause; write one such as '1 hour'`);
  }
}

function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new Refused(`there is no ${what} '${value}'; perhaps '${closest(value, known)}'`);
}

function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return cut(value.trim(), LONGEST) || undefined;
}
