import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { StoreError } from '../../core/ledger/errors.ts';
import { type ActionRequest, jobNamed, perform, Refused } from '../../core/operations/actions.ts';
import { healthOf, unreachable } from '../../core/operations/health.ts';
import { readOverview, readStanding, withRuns } from '../../core/operations/read-overview.ts';
import { type Spread, spreadOf } from '../../core/operations/spread.ts';
import { DispatchError } from '../../core/run/dispatcher.ts';
import type { Deployed } from '../../core/run/limits.ts';
import { withMade } from '../../core/run/made.ts';
import { confirmView } from '../console/confirm-view.ts';
import { type Frame, type Place, pageFrame, widgetFrame } from '../console/frame.ts';
import { head, type Notice } from '../console/head.ts';
import { type Html, html } from '../console/html.ts';
import { jobView } from '../console/job-view.ts';
import { jobsView } from '../console/jobs-view.ts';
import { pageOf } from '../console/page.ts';
import {
  type ConsoleEvent,
  type ConsoleRequest,
  readRequest,
  themeOf,
} from '../console/request.ts';
import { runView } from '../console/run-view.ts';
import { selectJobs } from '../console/selection.ts';
import { AwsDispatcher } from '../runtime/dispatcher.ts';
import { announceEnvironment, instanceId } from '../runtime/environment.ts';
import { connectOperations } from '../runtime/operations.ts';
import { readOperator } from '../runtime/settings.ts';
import { tellClosed, tellTurned } from '../runtime/tell.ts';

/** The list as it was synthesized; see the sweeper. */
declare const PUNCTUAL_JOBS: readonly Deployed[];

const NOTES_OF_JOB = 20;
const DESCRIPTION = `### Punctual
The jobs of a stack, what became of their runs, and what can be done about it. It needs no parameters; \`{"view": "job", "job": "<name>"}\` shows one job alone.`;

const settings = readOperator(process.env);
const log = new Logger({ serviceName: 'punctual', persistentKeys: { instanceId } });
const { ledger, store, made } = connectOperations(settings, log);
const dispatcher = new AwsDispatcher(settings);

/**
 * The console: CloudWatch's dashboard calls it for its widget, and the local cloud for its page. Whatever is
 * wrong is shown as one line, never as a stack trace.
 */
export async function handler(
  event: ConsoleEvent,
  context: Context,
): Promise<string | { markdown: string }> {
  if (event.describe) return { markdown: DESCRIPTION };
  log.resetKeys();
  log.appendKeys({ requestId: context.awsRequestId });
  announceEnvironment(log);
  const frame = event.page ? pageFrame() : widgetFrame(context.invokedFunctionArn);
  const theme = themeOf(event);
  try {
    const request = readRequest(event, Date.now());
    const { action, said } = request;
    const jobs = withMade(PUNCTUAL_JOBS, await made.read());
    const notice = action && (await done(action, jobs, said, frame, context));
    return pageOf(await shown(request, jobs, frame, context), { notice, theme, frame });
  } catch (error) {
    const { content, notice } = trouble(error, frame);
    return pageOf(content, { notice, theme, frame });
  }
}

/** What came of an action. Where it was refused, the page is shown all the same. */
async function done(
  action: ActionRequest,
  jobs: readonly Deployed[],
  { who, why }: ConsoleRequest['said'],
  frame: Frame,
  { awsRequestId: requestId }: Context,
): Promise<Notice> {
  try {
    // CloudWatch tells nobody who is looking, and an audit without a name is none.
    if (who === undefined) throw new Refused('say who you are, in the field above the buttons');
    const actor = { by: who, via: 'console', why, requestId } as const;
    const text = await perform(action, jobs, actor, {
      store,
      ledger,
      dispatcher,
      clock: Date.now,
      newId: randomUUID,
      log,
      closed: (row) => tellClosed(log, settings.group, row),
      turned: (turn) => tellTurned(log, turn),
    });
    return { text, isBad: false };
  } catch (error) {
    return trouble(error, frame).notice;
  }
}

async function shown(
  { show, said }: ConsoleRequest,
  all: readonly Deployed[],
  frame: Frame,
  { invokedFunctionArn }: Context,
): Promise<Html> {
  if (show.view === 'confirm') return confirmView(show.deed, show.back);
  const now = Date.now();
  const { view, job = '', tick = '', full = false } = show;
  if (view === 'jobs') return jobsPage(show, said, all, now, frame);
  if (view === 'job') {
    const [{ jobs }, notes] = await Promise.all([
      readOverview([jobNamed(job, all)], store, now),
      store.notesOf(job, NOTES_OF_JOB),
    ]);
    return html`${jobs.map((one) => jobView(one, notes, said, now, frame))}`;
  }
  const run = await ledger.readRun(job, tick);
  // The run of a job that left the list can still be seen.
  const listed = all.filter(({ name }) => name === job);
  if (!run && listed.length === 0) jobNamed(job, all);
  const { jobs } = await readOverview(listed, store, now);
  const held = jobs.flatMap(({ holders }) => holders).find(({ holder }) => holder.tick === tick);
  if (!run && !held) throw new Refused(`${job} has no run ${tick}`);
  const [, , , region = ''] = invokedFunctionArn.split(':');
  return runView({ job, tick, run, held }, full, said, region, now, frame);
}

/** How the list is spread over the day: the same for the whole life of this environment. */
let spread: Spread | undefined;

/** Of all jobs what their locks say; of those that are shown their runs, too. */
async function jobsPage(
  place: Place,
  said: ConsoleRequest['said'],
  all: readonly Deployed[],
  now: number,
  frame: Frame,
): Promise<Html> {
  const standing = await readStanding(all, store, now);
  const selected = selectJobs(standing.jobs, healthOf(standing), place);
  const shown = { ...selected, jobs: await withRuns(selected.jobs, store, now) };
  const read = new Map(shown.jobs.map((view) => [view.job.name, view]));
  const jobs = standing.jobs.map((view) => read.get(view.job.name) ?? view);
  spread ??= spreadOf(PUNCTUAL_JOBS, now);
  return jobsView({ overview: { ...standing, jobs }, shown, spread }, said, frame);
}

/** What is shown instead of the page. */
function trouble(error: unknown, frame: Frame): { content: Html; notice: Notice } {
  const { name, message } = error as Error;
  const home: Place = { view: 'jobs' };
  if (error instanceof StoreError) {
    log.error('not shown: store trouble', { reason: error.trouble, cause: message });
    return {
      content: head(unreachable(error, Date.now()), Date.now(), frame),
      notice: { text: `the store gave no answer (${error.trouble}); try again`, isBad: true },
    };
  }
  const isExpected = error instanceof Refused || error instanceof DispatchError;
  if (!isExpected) log.error('not shown', { kind: name, cause: message });
  const text = isExpected ? message : `the console can not show this: ${name}: ${message}`;
  return {
    content: html`<p>${frame.link('All jobs', home)}</p>`,
    notice: { text, isBad: true },
  };
}
