import { isMade } from '../core/run/made.ts';

/** A line that a function, or Lambda itself, has written. */
export interface LogLine {
  /** Milliseconds since 1970, where it is known. */
  time?: number;
  /** As it was written. */
  text: string;
  /** What it says, where it is JSON. */
  fields?: Record<string, unknown>;
}

/** Which lines are asked for. */
export interface Asked {
  job: string;
  /** One run's. */
  run?: {
    tick: string;
    /** Of all its attempts: Lambda's own lines, and those of `console.log`, name no tick. */
    requestIds: readonly string[];
  };
  /** Milliseconds since 1970. */
  from: number;
}

export interface LogSource {
  /** What was written since it was last asked, oldest first. */
  more(): Promise<LogLine[]>;
}

export function lineIn(text: string): LogLine {
  const fields = fieldsIn(text);
  const time = Date.parse(String(fields?.timestamp ?? fields?.time));
  return { text, ...(fields && { fields }), ...(!Number.isNaN(time) && { time }) };
}

/** Whether a line is of a run. */
export function isOf({ fields }: LogLine, { job, run }: Asked): boolean {
  // What was made at run time shares the function of its job, or jobs those of their pool; and so the log.
  if (!run) return !isMade(job) || fields?.job === job;
  const record = fields?.record as { requestId?: string } | undefined;
  const requestId = fields?.requestId ?? record?.requestId;
  if (typeof requestId === 'string' && run.requestIds.includes(requestId)) return true;
  return fields?.job === job && fields.tick === run.tick;
}

/** A count for CloudWatch, which says nothing to whoever reads. */
export function isMetric({ fields }: LogLine): boolean {
  return fields?._aws !== undefined;
}

function fieldsIn(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a line that only looks like it
  }
}
