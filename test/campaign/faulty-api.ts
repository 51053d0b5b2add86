import type { HttpReply, HttpRequest, HttpServer } from '../../local/http.ts';
import { dice, isAway, pick } from './dice.ts';
import type { FaultySetup } from './faulty-store.ts';

/** What befalls a request to EventBridge or Lambda; of all requests. */
const SHARES = {
  'api: refused': 0.04,
  'api: answer lost': 0.04,
  'api: cut off': 0.04,
};
export type ApiFault = keyof typeof SHARES | 'api: away';

/** The SDK tries so often: a request that is cut off fails for whoever sent it. */
const IN_VAIN = 4;

export type ApiSetup = Pick<FaultySetup, 'seed' | 'faults' | 'now'>;

/** Stands before the services by which retries are planned and turns are called. */
export class FaultyApi {
  readonly counts = new Map<ApiFault, number>();
  /** Off: everything passes. */
  on = false;
  readonly #setup: ApiSetup;
  readonly #seen = new Map<string, number>();
  readonly #cutOff = new Map<string, number>();

  constructor(http: HttpServer, setup: ApiSetup) {
    this.#setup = setup;
    const { answer } = http;
    http.answer = (request) => this.#answer(request, answer);
  }

  async #answer(request: HttpRequest, answer: HttpServer['answer']): Promise<HttpReply> {
    const fault = this.#faultOf(request);
    if (fault) this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
    if (fault === undefined) return answer(request);
    if (fault === 'api: answer lost') await answer(request);
    return { status: 500, type: 'application/json', body: '{"message":"a fault"}' };
  }

  /** Decided by what the request is, and how often it was seen: not by when it happens to come. */
  #faultOf({ method, path, body }: HttpRequest): ApiFault | undefined {
    if (!this.on) return undefined;
    const { seed, faults, now } = this.#setup;
    if (isAway(seed, 'api', now())) return 'api: away';
    // The SDK's token differs from request to request, and is the same in every try of one.
    const what = `${method} ${path} ${body.replace(/"ClientToken":"[^"]*"/, '')}`;
    const left = this.#cutOff.get(what) ?? 0;
    if (left > 0) {
      this.#cutOff.set(what, left - 1);
      return 'api: cut off';
    }
    const nth = (this.#seen.get(what) ?? 0) + 1;
    this.#seen.set(what, nth);
    const fault = pick(dice(seed, 'api', what, nth), SHARES, faults);
    if (fault === 'api: cut off') this.#cutOff.set(what, IN_VAIN - 1);
    return fault;
  }
}
