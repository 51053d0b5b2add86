import { closest } from 'fastest-levenshtein';
import { LEVELS, type Level } from '../run/alert.ts';
import { ScheduleError } from './error.ts';
import type { Limits } from './settings.ts';
import { durationMs, shown } from './values.ts';

/** When a run counts as overdue. */
export interface Warning {
  level: Level;
  /** Milliseconds after its start. */
  after: number;
}

const DEFAULT = { warning: '50%', critical: '80%', emergency: '95%' } as const;
const SHARE = /^(\d+(?:\.\d+)?)%$/;

/**
 * The warnings of a job, the mildest first.
 *
 * @param timeout of one attempt, in milliseconds
 * @throws ScheduleError
 */
export function warnAfter(
  job: string,
  setting: Limits['warnAfter'] = DEFAULT,
  timeout: number,
): Warning[] {
  if (setting === false) return [];
  const at = (level: string) => (level === '' ? 'warnAfter' : `warnAfter.${level}`);
  if (typeof setting !== 'object' || setting === null) {
    const mend = `${shown(setting)} names no level; write { warning: '50%' }, or false for never`;
    throw new ScheduleError(job, at(''), mend);
  }
  const odd = Object.keys(setting).find((key) => !LEVELS.includes(key as Level));
  if (odd !== undefined) {
    const near = closest(odd, LEVELS);
    throw new ScheduleError(job, at(odd), `is no level; perhaps '${near}'`);
  }
  const warnings = LEVELS.flatMap((level) => {
    const value = setting[level];
    if (value === undefined) return [];
    const share = SHARE.exec(value)?.[1];
    const range = { from: 1_000, to: timeout - 1 };
    if (share === undefined)
      return { level, after: durationMs({ job, field: at(level) }, value as never, range) };
    if (Number(share) > 0 && Number(share) < 100)
      return { level, after: Math.round((timeout * Number(share)) / 100) };
    throw new ScheduleError(
      job,
      at(level),
      `${shown(value)} is no share of the timeout below 100%`,
    );
  });
  const late = warnings.find(({ after }, i) => after <= (warnings[i - 1]?.after ?? 0));
  if (late) {
    const mend = `must come later than the level before it: ${LEVELS.join(', ')}`;
    throw new ScheduleError(job, at(late.level), mend);
  }
  return warnings;
}
