import {
  CloudWatchLogsClient,
  type FilteredLogEvent,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { functionName } from '../core/run/function-name.ts';
import { DAY, MINUTE } from '../core/schedule/duration.ts';
import { type Asked, isOf, type LogLine, type LogSource, lineIn } from './log-lines.ts';

/** A line may be found only a while after it was written: so much is looked at again. */
const LATE = MINUTE;

/** Where the lines are. */
export interface LogPlace {
  /** Of all functions of the stack. */
  group: string;
  /** What the names of the jobs' functions begin with. */
  functions: string;
}

/** The logs of a stack. All functions share a group; a stream's name has its day, and its function's name. */
export class AwsLogs implements LogSource {
  readonly #client = new CloudWatchLogsClient({});
  readonly #place: LogPlace;
  readonly #asked: Asked;
  readonly #clock: () => number;
  /** Ids of events that were seen, with their times. */
  readonly #seen = new Map<string, number>();
  #from: number;
  /** The time of the newest event that was seen. */
  #newest = 0;

  constructor(place: LogPlace, asked: Asked, clock: () => number) {
    this.#place = place;
    this.#asked = asked;
    this.#clock = clock;
    this.#from = asked.from;
  }

  async more(): Promise<LogLine[]> {
    const events: FilteredLogEvent[] = [];
    for (const filter of this.#filters()) await this.#add(filter, events);
    const fresh = events.filter(({ eventId = '', timestamp = 0 }) => {
      if (this.#seen.has(eventId)) return false;
      this.#seen.set(eventId, timestamp);
      this.#newest = Math.max(this.#newest, timestamp);
      return true;
    });
    this.#from = Math.max(this.#from, this.#newest - LATE);
    for (const [id, time] of this.#seen) if (time < this.#from) this.#seen.delete(id);
    return fresh
      .map(({ message = '', timestamp }) => ({ ...lineIn(message.trimEnd()), time: timestamp }))
      .filter((line) => isOf(line, this.#asked))
      .sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  }

  /** What to ask for: of a job the streams of its function, of a run also what the finalizer said of it. */
  #filters(): Partial<FilterLogEventsCommandInput>[] {
    const { job, run } = this.#asked;
    if (run) return [{ filterPattern: patternOf(job, run) }];
    const name = functionName(this.#place.functions, job);
    // A stream has the day on which its environment was started: it may have been the day before.
    const days = new Set<string>();
    for (let time = this.#from - DAY; time < this.#clock() + DAY; time += DAY)
      days.add(new Date(Math.min(time, this.#clock())).toISOString().slice(0, 10));
    return [...days].map((day) => ({
      logStreamNamePrefix: `${day.replaceAll('-', '/')}/${name}[`,
    }));
  }

  async #add(
    filter: Partial<FilterLogEventsCommandInput>,
    events: FilteredLogEvent[],
  ): Promise<void> {
    const input = { logGroupName: this.#place.group, startTime: this.#from, ...filter };
    for await (const page of paginateFilterLogEvents({ client: this.#client }, input))
      events.push(...(page.events ?? []));
  }
}

/** CloudWatch's filter of a run's lines; it takes 1,024 characters, so only of its last attempts. */
function patternOf(job: string, { tick, requestIds }: NonNullable<Asked['run']>): string {
  const requests = requestIds
    .slice(-4)
    .flatMap((id) => [`($.requestId = "${id}")`, `($.record.requestId = "${id}")`]);
  const named = `(($.job = "${job}") && ($.tick = "${tick}"))`;
  return `{ ${[named, ...requests].join(' || ')} }`;
}
