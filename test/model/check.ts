import { Explorer } from './explorer.ts';
import { loadProtocol } from './protocol.ts';
import { scenarios } from './scenarios.ts';
import { tell } from './story.ts';

/** Explores the scenarios and prints what there was to see; true where nothing was violated. */
export async function check(deep: boolean, only: string): Promise<boolean> {
  const protocol = await loadProtocol();
  const chosen = scenarios.filter(
    (scenario) => (deep || !scenario.deep) && scenario.name.includes(only),
  );
  const width = Math.max(...chosen.map(({ name }) => name.length));
  console.log(`${'scenario'.padEnd(width)}  ${'states'.padStart(10)}  depth  seconds  exhausted`);
  let total = 0;
  let sound = true;
  for (const scenario of chosen) {
    const started = performance.now();
    const explorer = new Explorer(protocol, scenario);
    const { states, depth, exhausted, found } = await explorer.explore();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    total += states;
    console.log(
      `${scenario.name.padEnd(width)}  ${String(states).padStart(10)}  ${String(depth).padStart(5)}  ${seconds.padStart(7)}  ${exhausted ? 'yes' : 'no'}`,
    );
    if (!found) continue;
    sound = false;
    for (const line of await tell(explorer, found)) console.log(line);
  }
  console.log(
    `${chosen.length} scenarios, ${total} distinct states, ${sound ? 'no violation' : 'VIOLATED'}`,
  );
  return sound;
}
