import { fileURLToPath } from 'node:url';
import type { Beacon } from '../../../local/beacon.ts';
import { HttpServer } from '../../../local/http.ts';
import { Cloud } from '../../cli/cloud.ts';
import { formationOf } from '../../support/formation.ts';
import { Recorder } from '../../support/recorder.ts';

const LIST = fileURLToPath(new URL('./schedules.ts', import.meta.url));

/** A local cloud of which every request is written down: the functions', and the command line's. */
export class WatchedCloud {
  readonly recorder: Recorder;
  readonly beacon: Beacon;
  readonly #cloud: Cloud;
  readonly #http: HttpServer;

  /** At the present: the command line asks its own clock, as against AWS. */
  static async open(): Promise<WatchedCloud> {
    const recorder = await Recorder.open();
    const http = await HttpServer.listen(0);
    const services = http.url;
    // Where the functions are told to ask.
    Object.assign(http, { url: recorder.url });
    const faults = { endpoint: recorder.url, http };
    const cloud = await Cloud.open(new Date().toISOString(), { list: LIST, faults });
    const answer = await fetch(`${services}/cloud.json`);
    const beacon = (await answer.json()) as Beacon;
    recorder.targets = { dynamodb: beacon.dynamodb, services };
    recorder.stub = ({ headers, body }) => stubOf(beacon, String(headers['x-amz-target']), body);
    return new WatchedCloud(recorder, beacon, cloud, http);
  }

  private constructor(recorder: Recorder, beacon: Beacon, cloud: Cloud, http: HttpServer) {
    this.recorder = recorder;
    this.beacon = beacon;
    this.#cloud = cloud;
    this.#http = http;
  }

  /** What the command line needs to take it for AWS. */
  environmentOf(who: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.recorder.url,
      AWS_REGION: this.beacon.region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: who,
    };
  }

  playTo(moment: string): Promise<void> {
    return this.#cloud.playTo(moment);
  }

  /** Somebody opens the dashboard, or presses a button. */
  async asks(query: string): Promise<string> {
    const answer = await fetch(`${this.recorder.targets.services}/?${query}`);
    return answer.text();
  }

  async close(): Promise<void> {
    await this.#cloud.close();
    await Promise.all([this.#http.close(), this.recorder.close()]);
  }
}

/** What the local cloud has no service for. The stack is shown as a fleet: who looks at one needs more. */
function stubOf(beacon: Beacon, target: string, body: string) {
  if (target.startsWith('Logs_'))
    return { type: 'application/x-amz-json-1.1', body: '{"events":[]}' };
  const asked = new URLSearchParams(body);
  const action = asked.get('Action') ?? '';
  const content: ((asked: URLSearchParams) => string) | undefined = {
    ...formationOf(beacon, 2),
    GetCallerIdentity: () => '<Arn>arn:aws:sts::000000000000:assumed-role/ops/ada</Arn>',
  }[action];
  if (!content) return undefined;
  const result = `<${action}Result>${content(asked)}</${action}Result>`;
  return { type: 'text/xml', body: `<${action}Response>${result}</${action}Response>` };
}
