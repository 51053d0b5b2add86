/** `npm run campaign`: runs the app on the local cloud with everything going wrong, and holds what was seen against the promises. */
import { parseArgs } from 'node:util';
import { Problem } from '../../local/problem.ts';
import { run } from './run.ts';

const USAGE = `npm run campaign [-- options]
  --ticks N      how many ticks at least (default 2000); beyond an hour's, whole hours of them
  --seed N       which campaign; the same seed plays the same faults (default 1)
  --faults N     how many times as likely every fault is (default 1)
  --dynamodb E   dynalite (default) or java`;

const options = readOptions();
if (!options) console.log(USAGE);
else {
  try {
    process.exitCode = (await run(options)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        ticks: { type: 'string', default: '2000' },
        seed: { type: 'string', default: '1' },
        faults: { type: 'string', default: '1' },
        dynamodb: { type: 'string', default: 'dynalite' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return undefined;
    const { dynamodb } = values;
    if (dynamodb !== 'dynalite' && dynamodb !== 'java') {
      throw new Error(`--dynamodb '${dynamodb}' is no store; write dynalite or java`);
    }
    return {
      ticks: whole('--ticks', values.ticks),
      seed: whole('--seed', values.seed),
      faults: whole('--faults', values.faults),
      dynamodb,
    } as const;
  } catch (error) {
    console.error(`${(error as Error).message.split('\n')[0]}`);
    process.exit(2);
  }
}

function whole(name: string, text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new Error(`${name} '${text}' is no whole number from 1; write for instance ${name} 2000`);
}
