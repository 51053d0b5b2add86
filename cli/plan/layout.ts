import { functionsOf } from '../../infra/names.ts';
import { layoutOf, resourcesFor } from '../../infra/size.ts';

/** In which stacks a list lies. */
export interface Layout {
  /** Nested stacks, at most; 0 where the stack itself holds all jobs. */
  nested: number;
  /** Of CloudFormation, about, all stacks together. */
  resources: number;
  /** Whether the deploy takes every job from one stack to a fleet, or back. */
  isMove: boolean;
  /** Whether CloudFormation would refuse to make so many at once. */
  isTooMuch: boolean;
}

/**
 * What CloudFormation changes in one operation at most, over a stack and its nested ones.
 *
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MOST_AT_ONCE = 2_500;

/**
 * @param stack its name
 * @param functions what the names of the functions begin with that are deployed; `undefined` where nothing is
 */
export function layoutFor(
  list: Parameters<typeof layoutOf>[0],
  stack: string,
  functions: string | undefined,
): Layout {
  const shards = layoutOf(list);
  const resources = resourcesFor(list);
  const isSame = functions === functionsOf(stack, shards);
  return {
    nested: shards === 1 ? 0 : shards,
    resources,
    isMove: functions !== undefined && !isSame,
    isTooMuch: !isSame && resources > MOST_AT_ONCE,
  };
}

/** Lines for people; none where the stack holds its list, and did before. */
export function layoutInWords({ nested, resources, isMove, isTooMuch }: Layout): string[] {
  const size = `about ${resources.toLocaleString('en')} resources`;
  const where =
    nested > 0
      ? `The list is too long for one stack: a fleet of ${nested} nested stacks holds it, ${size}.`
      : `The list fits into one stack again: ${size}.`;
  const move =
    'All functions and schedules are made anew, this once, and then the old ones go; a tick that both deliver runs once.';
  const steps = `CloudFormation changes at most ${MOST_AT_ONCE.toLocaleString('en')} in one deploy: list some of the jobs, deploy, and then list more.`;
  if (nested === 0 && !isMove) return [];
  return [where, ...(isMove ? [move] : []), ...(isTooMuch ? [steps] : [])];
}
