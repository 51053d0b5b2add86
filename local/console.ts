import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Html, html } from '../functions/console/html.ts';
import type { LocalFunction } from './function.ts';
import type { OpenWork } from './open-work.ts';
import { Turnstile } from './turnstile.ts';

/** What a link or a form says to the console: its view, job, tick, action ... */
export type Asked = Record<string, string>;

export interface Shown {
  html: Html;
  /** Whether it says what came of an action, and will not be shown again. */
  isOutcome: boolean;
}

/**
 * The stack's console function, asked as its page. What it shows is what it would show in CloudWatch;
 * nothing is made up here.
 */
export class Console {
  readonly #fn: LocalFunction | undefined;
  readonly #open: OpenWork;
  /** One at a time: on a small machine two would only slow each other down, and the jobs. */
  readonly #turnstile = new Turnstile(1);
  /** What waits for its turn, by what was asked. */
  readonly #next = new Map<string, Promise<Html>>();
  /** What came of actions, by the address that is to show it, until it is shown. */
  readonly #told = new Map<string, Html>();
  #isClosed = false;

  /** @param fn `undefined` where the stack has none */
  constructor(fn: LocalFunction | undefined, open: OpenWork) {
    this.#fn = fn;
    this.#open = open;
  }

  /** A view. What came of an action is shown once, instead of a new one. */
  async show(asked: Asked): Promise<Shown> {
    const address = addressOf(asked);
    const told = this.#told.get(address);
    if (told) {
      this.#told.delete(address);
      return { html: told, isOutcome: true };
    }
    // A link changes nothing, whoever wrote it: an action wants the form, which sends it back.
    const view = 'action' in asked ? 'confirm' : (asked.view ?? 'jobs');
    return { html: await this.#shared({ ...asked, view }), isOutcome: false };
  }

  /**
   * Does what a form asks.
   *
   * @returns the address that shows what came of it
   */
  async act(asked: Asked): Promise<string> {
    const address = addressOf(placeOf(asked));
    const leave = await this.#turnstile.enter();
    try {
      this.#told.set(address, await this.#ask({ ...asked, who: whoami() }));
    } finally {
      leave();
    }
    return address;
  }

  /** From now on nothing is asked any more: a new process would outlive the cloud. */
  close(): void {
    this.#isClosed = true;
  }

  /** Loads of one view that come while it waits for its turn share it: they must not pile up. */
  #shared(asked: Asked): Promise<Html> {
    const key = addressOf(asked);
    const waiting = this.#next.get(key);
    if (waiting) return waiting;
    const shown = this.#turnstile.enter().then(async (leave) => {
      // Whoever comes from now on may have changed something meanwhile.
      this.#next.delete(key);
      return this.#ask(asked).finally(leave);
    });
    this.#next.set(key, shown);
    return shown;
  }

  async #ask(asked: Asked): Promise<Html> {
    if (!this.#fn) return html`<p>The stack has no console function.</p>`;
    if (this.#isClosed) return html`<p>The local cloud has stopped.</p>`;
    const invoked = this.#fn.invoke({ ...asked, page: true }, randomUUID());
    this.#open.add(invoked);
    const answer = await invoked;
    if ('payload' in answer) return new Html(String(answer.payload));
    const { errorType, errorMessage } = answer.error;
    return html`<p>The console failed: ${errorType}: ${errorMessage}</p>`;
  }
}

/** What says which part of a view is shown. */
const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['jobs', ['find', 'from', 'worstFirst']],
  ['job', ['job']],
  ['run', ['job', 'tick']],
]);

/** The view that a form came from, without what it asks. */
function placeOf({ view = 'jobs', ...rest }: Asked): Asked {
  const parts = PARTS.get(view) ?? [];
  const kept = Object.entries(rest).filter(([name]) => parts.includes(name));
  return { view, ...Object.fromEntries(kept) };
}

/** The same for the same questions, in whichever order they are asked. */
function addressOf(asked: Asked): string {
  const query = new URLSearchParams(asked);
  query.sort();
  return query.size > 0 ? `/?${query}` : '/';
}

/** Who acts here: whoever uses this machine. */
function whoami(): string {
  try {
    return userInfo().username;
  } catch {
    return 'someone without a name'; // a container may run as a number that is nobody's
  }
}
