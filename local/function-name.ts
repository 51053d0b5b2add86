import { baseOf } from '../core/run/made.ts';
import type { Resources } from './resources.ts';

/**
 * What people call a function: the job, or the pool, it runs, the schedule of an operator, or its own name
 * without the stack's. One that runs several things has its own name.
 */
export function shortNameOf(
  functionName: string,
  { stackName, schedules, operators }: Pick<Resources, 'stackName' | 'schedules' | 'operators'>,
): string {
  const names = new Set([
    ...schedules.filter((one) => one.functionName === functionName).map(({ job }) => baseOf(job)),
    ...operators.filter((one) => one.functionName === functionName).map(({ name }) => name),
  ]);
  const [name] = names;
  if (name !== undefined && names.size === 1) return name;
  const prefix = `${stackName}-`;
  return functionName.startsWith(prefix) ? functionName.slice(prefix.length) : functionName;
}
