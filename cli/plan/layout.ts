import { functionsOf } from '../../infra/names.ts';
import { layoutOf, resourcesFor } from '../../infra/size.ts';

/** In which stacks a list lies. */
export interface Layout {
  /** Nested stacks, at most; 0 where the stack itself holds all jobs. */
  nested: number;
  /** Of CloudFormation, about, all stacks together. */
  resources: number;
  /** Whether the deploy takes every job from one stack to a fleet, to a larger one, or back. */
  isMove: boolean;
}

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
  return {
    nested: shards === 1 ? 0 : shards,
    resources: resourcesFor(list),
    isMove: functions !== undefined && functions !== functionsOf(stack, shards),
  };
}

/** One or two lines for people; none where the stack holds its list, and did before. */
export function layoutInWords({ nested, resources, isMove }: Layout): string[] {
  const size = `about ${resources.toLocaleString('en')} resources`;
  const where =
    nested > 0
      ? `The list is too long for one stack: a fleet of ${nested} nested stacks holds it, ${size}.`
      : `The list fits into one stack again: ${size}.`;
  if (!isMove) return nested > 0 ? [where] : [];
  return [
    where,
    'All functions and schedules are made anew, this once, and then the old ones go; a tick that both deliver runs once.',
  ];
}
