import { healthOf } from '../../../core/operations/health.ts';
import type { Note } from '../../../core/operations/note.ts';
import type { JobView, Overview } from '../../../core/operations/overview.ts';
import { spreadOf } from '../../../core/operations/spread.ts';
import { type Deployed, deployedOf } from '../../../core/run/limits.ts';
import type { Run } from '../../../core/run/states.ts';
import { tickOf } from '../../../core/run/tick.ts';
import { resolveJob } from '../../../core/schedule/resolve.ts';
import type { Settings } from '../../../core/schedule/settings.ts';
import {
  type Frame,
  type Place,
  pageFrame,
  widgetFrame,
} from '../../../functions/console/frame.ts';
import type { Jobs } from '../../../functions/console/jobs-view.ts';
import { selectJobs } from '../../../functions/console/selection.ts';

export const NOW = Date.parse('2026-03-01T12:34:20Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const CONSOLE = 'arn:aws:lambda:eu-central-1:123456789012:function:punctual-dev-punctual-console';

/** Both places where the console stands. */
export const FRAMES: [name: string, frame: Frame][] = [
  ['widget', widgetFrame(CONSOLE)],
  ['page', pageFrame()],
];

/** What would end an element, an attribute, a style or a page, and what no page can hold. */
export const HOSTILE = `</pre></style><script>alert(1)</script>"'><img src=x onerror=alert(1)>\`&lt;{{x}}]]>-->\u0000\u001b[31m\u202e\ud800 🦄\r\n`;

export function deployed(name: string, settings: Partial<Settings> = {}): Deployed {
  return deployedOf(resolveJob(name, { every: '10 minutes', ...settings } as Settings));
}

/** A run of `report` that began so many milliseconds before now. */
export function runAt(ago: number, more: Partial<Run> = {}): Run {
  const start = NOW - ago;
  return {
    job: 'report',
    tick: tickOf(start),
    status: 'succeeded',
    fence: 1_000 - Math.round(ago / MINUTE),
    token: 'token',
    attempt: 1,
    trigger: 'schedule',
    startedAt: new Date(start).toISOString(),
    finishedAt: new Date(start + 2_000).toISOString(),
    ...more,
  };
}

/** A row that no attempt wrote. */
export function unrun(ago: number, more: Partial<Run>): Run {
  return runAt(ago, { attempt: 0, startedAt: undefined, ...more });
}

export function viewOf(runs: Run[] = [], more: Partial<JobView> = {}): JobView {
  const job = more.job ?? deployed('report');
  return {
    job,
    runs,
    holders: [],
    waiting: [],
    failures: 0,
    next: tickOf(NOW + 6 * MINUTE),
    ...more,
  };
}

export function overviewOf(jobs: JobView[], more: Partial<Overview> = {}): Overview {
  const lastSweep = new Date(NOW - 2 * MINUTE).toISOString();
  return { now: NOW, jobs, attention: [], notes: [], lastSweep, ...more };
}

/** What the first page shows of it. */
export function jobsOf(overview: Overview, place: Partial<Place> = {}): Jobs {
  const shown = selectJobs(overview.jobs, healthOf(overview), { view: 'jobs', ...place });
  return {
    overview,
    shown,
    spread: spreadOf(
      overview.jobs.map(({ job }) => job),
      NOW,
    ),
  };
}

export const NOTE: Note = {
  id: '1',
  at: new Date(NOW - HOUR).toISOString(),
  what: 'pause',
  job: 'report',
  by: 'ada',
  via: 'console',
  why: 'the other side is down',
  outcome: 'report is paused until somebody resumes it',
};
