import { createLogUpdate } from 'log-update';
import { healthOf } from '../../core/operations/health.ts';
import type { Overview } from '../../core/operations/overview.ts';
import type { Run } from '../../core/run/states.ts';
import { timeOf } from '../../core/run/tick.ts';
import { whatOf } from '../../functions/console/looks.ts';
import { oneLine } from '../../functions/console/text.ts';
import { clockOf, distance, fullOf, lengthOf } from '../../functions/console/times.ts';
import { type Cell, cut, type Out, safe } from '../out.ts';
import { STYLE_OF_HEALTH, styleOf } from '../style.ts';
import type { Show } from '../verbs/watch.ts';

/** Rows that a section takes at most; what ended last takes what is left. */
const MOST = { running: 8, next: 6, wrong: 8 };

/** A screen that is written over at each look. */
export class Screen implements Show {
  readonly #update = createLogUpdate(process.stdout);
  readonly #stack: string;
  readonly #out: Out;
  #last: string[] = [];

  constructor(stack: string, out: Out) {
    this.#stack = stack;
    this.#out = out;
  }

  seen(overview: Overview): void {
    this.#last = this.#linesOf(overview);
    this.#update(this.#last.join('\n'));
  }

  /** What was seen last stays, with why nothing newer is there. */
  lost(why: string): void {
    const [, ...rest] = this.#last;
    const head = cut(
      this.#out.style('red', `${safe(oneLine(why, 200))}; trying again`),
      this.#out.width,
    );
    this.#update([head, ...rest].join('\n'));
  }

  close(): void {
    this.#update.done();
  }

  #linesOf(overview: Overview): string[] {
    const { now, jobs } = overview;
    const { status, reasons } = healthOf(overview);
    const out = this.#out;
    const running = jobs.flatMap(({ job, holders }) =>
      holders.map(({ holder, isDead, level }): Cell[] => [
        job.name,
        holder.tick,
        `${lengthOf(now - Date.parse(holder.startedAt))} of ${lengthOf(job.timeout)}`,
        isDead ? { text: 'dead', style: 'red' } : { text: level ?? '', style: 'yellow' },
      ]),
    );
    const next = jobs
      .flatMap(({ job, next, paused }) => (next ? [{ job, next, paused }] : []))
      .sort((a, b) => timeOf(a.next) - timeOf(b.next))
      .map(({ job, next, paused }): Cell[] => [
        clockOf(timeOf(next), now),
        distance(timeOf(next), now),
        job.name,
        { text: paused ? `will be skipped: paused by ${paused.by}` : '', style: 'yellow' },
      ]);
    const wrong = reasons.map(({ severity, job, what }): Cell[] => [
      { text: severity, style: STYLE_OF_HEALTH[severity] },
      job ? `${job}: ${what}` : what,
    ]);
    const head = `${this.#stack} is ${out.style(STYLE_OF_HEALTH[status], status)}, ${fullOf(now)} UTC; q ends`;
    const lines = [
      cut(head, out.width),
      ...this.#section('running', running, MOST.running),
      ...this.#section('next', next, MOST.next),
      ...this.#section('went wrong', wrong, MOST.wrong),
    ];
    const room = (process.stdout.rows ?? 24) - lines.length - 3;
    const ended = jobs
      .flatMap(({ runs }) => runs)
      .sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1))
      .slice(0, Math.max(0, room));
    return [
      ...lines,
      ...this.#section(
        'ended',
        ended.map((run) => endedRow(run, now)),
        room,
      ),
    ];
  }

  #section(title: string, rows: readonly Cell[][], most: number): string[] {
    if (rows.length === 0 || most < 1) return [];
    const more = rows.length - most;
    const head = more > 0 ? `${title}, and ${more} more` : title;
    return ['', this.#out.style('bold', head), ...this.#out.lines([], rows.slice(0, most))];
  }
}

function endedRow(run: Run, now: number): Cell[] {
  const { job, finishedAt, startedAt, error } = run;
  return [
    clockOf(Date.parse(finishedAt), now),
    job,
    { text: whatOf(run), style: styleOf(run) },
    startedAt ? lengthOf(Date.parse(finishedAt) - Date.parse(startedAt)) : '',
    error ? oneLine(`${error.name}: ${error.message}`, 200) : '',
  ];
}
