import { closest } from 'fastest-levenshtein';
import { GroupError, ScheduleError } from './error.ts';
import type { Groups } from './settings.ts';
import { shown } from './values.ts';

/** A group's name becomes part of the name of its lock. */
const NAME = /^[\w.-]{1,64}$/;
const MOST = 1000;

/**
 * Checks the groups of a list, whether a job uses them or not.
 *
 * @throws GroupError for the first one that could not be deployed
 */
export function checkGroups(groups: Groups): void {
  for (const [name, group] of Object.entries(groups)) {
    if (!NAME.test(name)) {
      throw new GroupError(name, 'name', `must be 1 to 64 letters, digits, '.', '-' or '_'`);
    }
    if (typeof group !== 'object' || group === null) {
      throw new GroupError(name, 'limit', `${shown(group)} is no group; write { limit: 2 }`);
    }
    const odd = Object.keys(group).find((key) => key !== 'limit');
    if (odd !== undefined) {
      throw new GroupError(name, odd, "is no setting of a group; its only one is 'limit'");
    }
    if (!Number.isInteger(group.limit) || group.limit < 1 || group.limit > MOST) {
      throw new GroupError(
        name,
        'limit',
        `${shown(group.limit)} is not a whole number from 1 to ${MOST}`,
      );
    }
  }
}

/** @throws ScheduleError where the list has no such group */
export function groupNamed(
  job: string,
  name: string,
  groups: Groups,
): { name: string; limit: number } {
  // Of its own: every object has a `constructor`.
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group) return { name, limit: group.limit };
  const known = Object.keys(groups);
  const mend =
    known.length === 0
      ? `export const groups: Groups = { '${name}': { limit: 1 } } from the list`
      : `perhaps '${closest(name, known)}'`;
  throw new ScheduleError(job, 'group', `the list has no group '${name}'; ${mend}`);
}
