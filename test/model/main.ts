/** `npm run model`: explores the protocol's scenarios, or shows that mistakes in it are found. */
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { checkMutations } from './check-mutations.ts';
import { mutations } from './mutations.ts';
import { scenarios } from './scenarios.ts';

const USAGE = `npm run model [-- options]
  (none)        every scenario that takes seconds
  --deep        the large ones too
  --mutations   each known mistake, and the shortest way it goes wrong
  --only TEXT   only scenarios or mutations whose name has this text`;

const options = readOptions();
const names = (options.mutations ? mutations : scenarios).map(({ name }) => name);
if (!names.some((name) => name.includes(options.only))) {
  console.error(`no name has '${options.only}' in it; there are: ${names.join('; ')}`);
  process.exit(2);
}
if (options.help) console.log(USAGE);
else if (options.mutations) process.exitCode = (await checkMutations(options.only)) ? 0 : 1;
else process.exitCode = (await check(options.deep, options.only)) ? 0 : 1;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        deep: { type: 'boolean', default: false },
        mutations: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}
