import { logLink } from '../../core/operations/log-link.ts';
import type { HeldView } from '../../core/operations/overview.ts';
import type { PastAttempt, Run } from '../../core/run/states.ts';
import { type Tick, timeOf } from '../../core/run/tick.ts';
import { facts } from './facts.ts';
import type { Frame, Place } from './frame.ts';
import { type Html, html } from './html.ts';
import { badge, lookOf, whatOf } from './looks.ts';
import { cut, oneLine, SHORT } from './text.ts';
import { clockOf, distance, fullOf, lengthOf } from './times.ts';
import { longText, pretty } from './value.ts';

/** What is known of one tick. */
export interface OneRun {
  job: string;
  tick: Tick;
  /** Absent while its first attempt runs. */
  run?: Run;
  /** Its live attempt, where there is one. */
  held?: HeldView;
}

/**
 * One run: what became of it, its attempts, what it returned or threw, and where its lines are.
 *
 * @param isWhole whether long values are shown whole
 * @param region where the stack is, for links into the AWS console
 */
export function runView(
  { job, tick, run, held }: OneRun,
  isWhole: boolean,
  said: { who?: string; why?: string },
  region: string,
  now: number,
  frame: Frame,
): Html {
  const here: Place = { view: 'run', job, tick };
  const whole: Place = { ...here, full: true };
  const canRetry = run && run.status !== 'succeeded' && run.retryAt === undefined;
  return html`<p class="pq-path">${frame.link('All jobs', { view: 'jobs' })} / ${frame.link(job, { view: 'job', job })}</p>
<header class="pq-head"><h1>${job} <span class="pq-thin">${fullOf(tick)} UTC</span></h1>
${held && badge('running', `attempt ${held.holder.attempt} runs for ${lengthOf(now - Date.parse(held.holder.startedAt))}`)}
${run && badge(lookOf(run), whatOf(run))} ${canRetry && frame.button({ action: 'retry', job, tick }, here)}</header>
${canRetry && frame.person(said)}${run?.retryAt && html`<p>Attempt ${run.attempt + 1} is due at ${fullOf(run.retryAt)} UTC, ${distance(Date.parse(run.retryAt), now)}.</p>`}
${run && factsOf(run, now, region, frame)}
${run?.error && html`<section><h2>Error</h2><p class="pq-error">${oneLine(run.error.name, 200)}</p>${longText(run.error.message, whole, isWhole, frame)}</section>`}
${run && run.output !== undefined && html`<section><h2>Output</h2>${longText(pretty(run.output), whole, isWhole, frame)}</section>`}
${run && run.attempt > 0 && html`<section><h2>Attempts</h2>${attempts(run, region, now, frame)}</section>`}`;
}

function factsOf(run: Run, now: number, region: string, frame: Frame): Html {
  const { tick, trigger, attempt, startedAt, finishedAt, fence, token, requestId, instanceId } =
    run;
  return facts([
    ['tick', `${fullOf(tick)} UTC, ${distance(timeOf(tick), now)}`],
    ['asked for by', trigger],
    ['attempts', attempt === 0 ? 'none was made' : String(attempt)],
    [
      'started',
      startedAt &&
        `${fullOf(startedAt)} UTC, ${lengthOf(Date.parse(startedAt) - timeOf(tick))} after its tick`,
    ],
    ['ended', `${fullOf(finishedAt)} UTC`],
    ['took', startedAt && lengthOf(Date.parse(finishedAt) - Date.parse(startedAt))],
    ['log', logOf(run, region, frame)],
    ['fencing token', String(fence)],
    ['token', token],
    ['request', requestId],
    ['environment', instanceId],
  ]);
}

/** A link where CloudWatch shows it; else its name. */
function logOf(
  run: Pick<Run, 'logGroup' | 'logStream'>,
  region: string,
  frame: Frame,
): Html | undefined {
  const address = logLink(run, region);
  if (address === undefined) return undefined;
  const name = `${run.logGroup} ${run.logStream}`;
  if (!frame.isInAws) return html`${name}`;
  return html`<a class="pq-link" target="_blank" rel="noreferrer" href="${address}">${name}</a>`;
}

function attempts(run: Run, region: string, now: number, frame: Frame): Html {
  const all: (PastAttempt & Pick<Run, 'logGroup' | 'retryAt'>)[] = [
    // One group for all functions: an earlier attempt's lines are in another stream of it.
    ...(run.earlier ?? []).map((past) => ({ ...past, logGroup: run.logGroup })),
    run,
  ];
  return html`<table class="pq-table"><thead><tr><th>attempt</th><th>what</th><th>started</th><th>took</th><th>error</th><th>log</th></tr></thead><tbody>${all.map(
    (
      one,
    ) => html`<tr><td>${one.attempt}</td><td class="pq-tight">${badge(lookOf({ status: one.status }), whatOf({ status: one.status, reason: one.reason }))}</td>
<td class="pq-tight">${one.startedAt && clockOf(Date.parse(one.startedAt), now)}</td><td class="pq-tight">${one.startedAt && lengthOf(Date.parse(one.finishedAt) - Date.parse(one.startedAt))}</td>
<td class="pq-wide">${one.error && oneLine(`${one.error.name}: ${cut(one.error.message, SHORT)}`, 300)}</td><td>${logOf(one, region, frame)}</td></tr>`,
  )}</tbody></table>`;
}
