import type { Action } from '../../core/operations/note.ts';
import type { Tick } from '../../core/run/tick.ts';
import { DEEDS } from './deeds.ts';
import { type Html, html } from './html.ts';

/** What a link leads to. */
export interface Place {
  view: 'jobs' | 'job' | 'run';
  job?: string;
  tick?: Tick;
  /** Shows long values whole. */
  full?: boolean;
  /** Of the jobs: those whose name has this in it. Default: all. */
  find?: string;
  /** Of the jobs: how many come before the first that is shown. */
  from?: number;
  /** Of the jobs: whether those that need attention come before the others, instead of all in the list's order. */
  worstFirst?: boolean;
}

/** What a button asks for. */
export interface Deed {
  action: Action;
  job: string;
  tick?: Tick;
  holder?: string;
}

/** Where the console stands: it decides what links and buttons are made of. There is no script in either. */
export interface Frame {
  link(label: string | Html, to: Place): Html;
  /** @param back the view that is shown once it is done */
  button(deed: Deed, back: Place): Html;
  /** Asks who acts and why, where that is asked once for all buttons. */
  person(said: { who?: string; why?: string }): Html | undefined;
  /** Asks for a part of a job's name. Beyond it the list is shown as `place` says. */
  finder(place: Place): Html;
  /** Whether CloudWatch shows it, so that links into the AWS console make sense. */
  isInAws: boolean;
}

/**
 * A CloudWatch custom widget. A `cwdb-action` is what happens on a click of the element before it: CloudWatch
 * calls the function with the JSON in it, and shows the answer in the widget's place.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
 *
 * @param endpoint the console's own ARN
 */
export function widgetFrame(endpoint: string): Frame {
  const call = (event: object, confirmation?: string) =>
    html`<cwdb-action action="call" display="widget" endpoint="${endpoint}"${
      confirmation !== undefined && html` confirmation="${confirmation}"`
    }>${JSON.stringify(event)}</cwdb-action>`;
  return {
    link: (label, to) => html`<a class="pq-link">${label}</a>${call(to)}`,
    button(deed, back) {
      const { label, ask } = DEEDS[deed.action];
      return html`<a class="pq-button">${label}</a>${call({ ...back, ...deed }, ask(deed))}`;
    },
    // CloudWatch tells nobody who is looking: what is typed here comes back with every click.
    person: ({ who, why }) => html`<form class="pq-person">
<label>You are <input name="who" value="${who}" placeholder="name, for the audit"></label>
<label>Why <input name="why" value="${why}" placeholder="of what you do next"></label>
<label>A pause lasts ${pauseLengths()}</label></form>`,
    finder: ({ find, ...place }) => html`<form class="pq-finder">${findField(find)}</form>
<a class="pq-button">Find</a>${call({ ...place, from: undefined, finds: true })}`,
    isInAws: true,
  };
}

/** A page of its own, with addresses. A button leads to a page that asks, since a link must change nothing. */
export function pageFrame(): Frame {
  return {
    link: (label, to) => html`<a class="pq-link" href="${addressOf({ ...to })}">${label}</a>`,
    button(deed, back) {
      const address = addressOf({ ...deed, ...back, view: 'confirm', back: back.view });
      return html`<a class="pq-button" href="${address}">${DEEDS[deed.action].label}</a>`;
    },
    person: () => undefined,
    finder: ({ find, worstFirst }) =>
      html`<form class="pq-finder" method="get" action="/"><input type="hidden" name="view" value="jobs">${
        worstFirst && html`<input type="hidden" name="worstFirst" value="1">`
      }${findField(find)} <button class="pq-button" type="submit">Find</button></form>`,
    isInAws: false,
  };
}

/** Where a place is on the page. What is not set is left out. */
export function addressOf(query: Query): string {
  return `/?${new URLSearchParams(fieldsOf(query))}`;
}

type Query = Record<string, string | number | boolean | undefined>;

/** What is set, as an address or a form has it. */
export function fieldsOf(query: Query): [name: string, value: string][] {
  return Object.entries(query).flatMap(([name, value]): [string, string][] => {
    if (value === undefined || value === false) return [];
    return [[name, value === true ? '1' : String(value)]];
  });
}

function findField(find: string | undefined): Html {
  return html`<label>Name <input name="find" value="${find}" placeholder="a part of it"></label>`;
}

/** How long a pause can last, as `until` of an event. */
export function pauseLengths(): Html {
  return html`<select name="until"><option value="">until somebody resumes it</option>${[
    '15 minutes',
    '1 hour',
    '4 hours',
    '1 day',
    '7 days',
  ].map((length) => html`<option value="${length}">${length}</option>`)}</select>`;
}
