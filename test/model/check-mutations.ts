import { Explorer, type Found } from './explorer.ts';
import { loadMutant } from './mutant.ts';
import { type Mutation, mutations } from './mutations.ts';
import { scenarios } from './scenarios.ts';
import { tell } from './story.ts';

/** A mistake found: the scenario in which it goes wrong soonest, and how. */
export interface Caught {
  scenario: string;
  found: Found;
  story: string[];
}

export interface Search {
  /** Goes on to the shortest counterexample of all; otherwise the first one will do. */
  shortest: boolean;
  /** States to visit in a scenario before the next is tried. */
  limit: number;
}

/** Looks for a mistake in the scenarios, the smallest first. */
export async function catchMutation(
  mutation: Mutation,
  { shortest, limit }: Search,
): Promise<Caught | undefined> {
  const protocol = await loadMutant(mutation);
  let caught: Caught | undefined;
  for (const scenario of scenarios.filter(({ deep }) => !deep)) {
    const explorer = new Explorer(protocol, { ...scenario, ...mutation.world });
    const longest = (caught?.found.steps.length ?? Number.POSITIVE_INFINITY) - 1;
    // A shorter way is worth a look, not minutes.
    const { found } = await explorer.explore(caught ? limit / 8 : limit, longest);
    if (!found) continue;
    caught = { scenario: scenario.name, found, story: await tell(explorer, found) };
    if (!shortest) return caught;
  }
  return caught;
}

/** Prints each mistake with its story; true where every one is caught. */
export async function checkMutations(only: string): Promise<boolean> {
  const chosen = mutations.filter(({ name }) => name.includes(only));
  const missed: string[] = [];
  for (const mutation of chosen) {
    const caught = await catchMutation(mutation, { shortest: true, limit: 400_000 });
    console.log(`\n${mutation.name} ("${mutation.tempts}")`);
    if (!caught) {
      missed.push(mutation.name);
      console.log('  NOT CAUGHT: the guard, or the check, is wrong');
      continue;
    }
    console.log(`  caught in '${caught.scenario}' after ${caught.found.steps.length} steps:`);
    for (const line of caught.story) console.log(`  ${line}`);
  }
  console.log(
    `\n${chosen.length} mistakes, ${chosen.length - missed.length} caught${missed.length > 0 ? `; not: ${missed.join('; ')}` : ''}`,
  );
  return missed.length === 0;
}
