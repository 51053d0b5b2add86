import type { Deployed } from './limits.ts';

/** What a template says of the jobs in it, in its metadata; see `infra/constructs/catalogue.ts`. */
export interface Listed {
  /** What the names of all jobs' functions begin with; only the stack itself says so. */
  functions?: string;
  jobs: readonly Deployed[];
}

/** The list as it was deployed. */
export interface Catalogue {
  functions: string;
  jobs: readonly Deployed[];
}

/**
 * Puts together what the template of a stack says, and those of the stacks that are nested in it. One stack
 * has the order of the list; the parts of a fleet have none, so they are sorted by name.
 *
 * @param listed the stack itself first; `undefined` of a template that says nothing
 * @param stack its name, with which the functions of older versions begin
 */
export function catalogueIn(
  [root, ...nested]: readonly (Listed | undefined)[],
  stack: string,
): Catalogue {
  const parts = nested.flatMap((one) => one?.jobs ?? []);
  return {
    functions: root?.functions ?? stack,
    jobs: [...(root?.jobs ?? []), ...parts.sort((a, b) => (a.name < b.name ? -1 : 1))],
  };
}
