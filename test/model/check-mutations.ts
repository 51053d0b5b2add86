import { Explorer, type Found } from './explorer.ts';
import { loadMutant } from './mutant.ts';
import { type Mutation, mutations } from './mutations.ts';
import { scenarios } from './scenarios.ts';
import { tell } from './story.ts';

/** A mistake found: the scenario in which it goes wrong, and how. */
export interface Caught {
  scenario: string;
  found: Found;
  story: string[];
}

/** States to visit before a mistake counts as not caught. */
const LIMIT = 1_000_000;

/**
 * Looks for a mistake in the scenario in which it is known to go wrong, by the shortest way there.
 *
 * @throws Error where there is no such scenario
 */
export async function catchMutation(mutation: Mutation): Promise<Caught | undefined> {
  const protocol = await loadMutant(mutation);
  const scenario = scenarios.find(({ name }) => name === mutation.caughtIn);
  if (!scenario)
    throw new Error(`mutation '${mutation.name}': no scenario is called '${mutation.caughtIn}'`);
  const explorer = new Explorer(protocol, { ...scenario, ...mutation.world });
  const { found } = await explorer.explore(LIMIT);
  return found && { scenario: scenario.name, found, story: await tell(explorer, found) };
}

/** Prints each mistake with its story; true where every one is caught. */
export async function checkMutations(only: string): Promise<boolean> {
  const chosen = mutations.filter(({ name }) => name.includes(only));
  const missed: string[] = [];
  for (const mutation of chosen) {
    const caught = await catchMutation(mutation);
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
