import type { Overview } from '../../core/operations/overview.ts';
import { whatOf } from '../../functions/console/looks.ts';
import { oneLine } from '../../functions/console/text.ts';
import { fullOf, lengthOf } from '../../functions/console/times.ts';
import { type Out, safe } from '../out.ts';
import type { Show } from '../verbs/watch.ts';
import type { Change, Changes } from './changes.ts';

/** A line a change, for a pipe or a file; with `--json` an object a line. */
export class Lines implements Show {
  readonly #changes: Changes;
  readonly #out: Out;
  #isLost = false;
  #isFirst = true;

  constructor(changes: Changes, out: Out) {
    this.#changes = changes;
    this.#out = out;
  }

  seen(overview: Overview): void {
    const at = new Date(overview.now).toISOString();
    const jobs = overview.jobs.length;
    // So that whoever reads knows from when on nothing is left out.
    if (this.#isFirst)
      this.#say({ what: 'watching', at, jobs }, `${fullOf(at)}  watching ${jobs} jobs`);
    this.#isFirst = false;
    if (this.#isLost) this.#say({ what: 'back', at }, `${fullOf(at)}  the cloud answers again`);
    this.#isLost = false;
    for (const change of this.#changes.since(overview)) this.#say(change, textOf(change));
  }

  lost(why: string): void {
    if (this.#isLost) return; // said once
    this.#isLost = true;
    const at = new Date().toISOString();
    this.#say({ what: 'lost', at, why }, `${why}; trying again`);
  }

  close(): void {}

  #say(value: unknown, text: string): void {
    this.#out.line(this.#out.isJson ? JSON.stringify(value) : text);
  }
}

/** `2026-03-01 09:00:02  send-reminders  succeeded  21 ms`. */
function textOf({ what, job, at, tick, status, reason, startedAt, why, retryAt }: Change): string {
  const word = status ? whatOf({ status, reason, retryAt }) : what;
  const took = startedAt && lengthOf(Date.parse(at) - Date.parse(startedAt));
  const said = why && safe(oneLine(why, 200));
  return [fullOf(at), job, tick, word, took, said].filter(Boolean).join('  ');
}
