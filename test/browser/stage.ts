import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beaconOf } from '../../local/beacon.ts';
import { Clock } from '../../local/clock.ts';
import { type CloudSetup, LocalCloud } from '../../local/cloud.ts';
import { createTables, localClient, startDynamoDB } from '../../local/dynamodb.ts';
import { HttpServer } from '../../local/http.ts';
import { resourcesOf } from '../../local/resources.ts';
import { synth } from '../../local/synth.ts';
import { readAssembly } from '../../local/template.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIST = fileURLToPath(new URL('./schedules.ts', import.meta.url));

/** The local cloud with the jobs of this folder; its time passes only while it is told to play. */
export class Stage {
  /** Of the page. */
  readonly url: string;
  readonly #clock: Clock;
  readonly #cloud: LocalCloud;
  readonly #end: () => Promise<void>;
  #release: () => void;

  /**
   * @param from ISO 8601
   * @param list another list of jobs
   * @param port of the page. Default: any free one
   */
  static async open(
    from: string,
    faults: Partial<CloudSetup> = {},
    { list = LIST, port = 0 } = {},
  ): Promise<Stage> {
    const root = mkdtempSync(join(tmpdir(), 'punctual-browser-'));
    const http = await HttpServer.listen(port);
    const [folder, database] = await Promise.all([synth(ROOT, list), startDynamoDB('dynalite')]);
    const assembly = readAssembly(folder);
    const resources = resourcesOf(assembly);
    const client = localClient(database.endpoint);
    await createTables(client, resources.tables);
    const clock = new Clock(Date.parse(from), Number.POSITIVE_INFINITY);
    const cloud = new LocalCloud({
      root,
      resources,
      clock,
      client,
      endpoint: database.endpoint,
      http,
      from: Date.parse(from),
      to: Number.POSITIVE_INFINITY,
      deliveries: () => [0],
      seed: 1,
      beacon: beaconOf(assembly, database.endpoint, root),
      onRun: () => {},
      ...faults,
    });
    const release = clock.hold();
    await cloud.start();
    return new Stage(http.url, clock, cloud, release, async () => {
      await cloud.finish();
      await Promise.all([cloud.stop(), http.close()]);
      client.destroy();
      await database.stop();
      rmSync(root, { recursive: true });
    });
  }

  private constructor(
    url: string,
    clock: Clock,
    cloud: LocalCloud,
    release: () => void,
    end: () => Promise<void>,
  ) {
    this.url = url;
    this.#clock = clock;
    this.#cloud = cloud;
    this.#release = release;
    this.#end = end;
  }

  /** Plays what comes due before a moment, as fast as it can, and what follows from it at once. */
  async playTo(moment: string): Promise<void> {
    await this.reach(moment);
    await this.settled();
  }

  /** The same, but what runs at that moment goes on. */
  async reach(moment: string): Promise<void> {
    const there = new Promise<void>((resolve) => {
      this.#clock.at(Date.parse(moment), () => {
        this.#release = this.#clock.hold();
        resolve();
      });
    });
    this.#release();
    await there;
  }

  /** Resolves once nothing runs. */
  settled(): Promise<void> {
    return this.#cloud.settled();
  }

  close(): Promise<void> {
    this.#release();
    return this.#end();
  }
}
