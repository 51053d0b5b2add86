import { Command, InvalidArgumentError } from 'commander';
import { addActing } from './verbs-that-act.ts';
import { addLooking } from './verbs-that-look.ts';
import { addPlanning } from './verbs-that-plan.ts';

/** The command line: its options, and the verbs by what they do. */
export function createProgram(): Command {
  const program = new Command('punctual')
    .description('Everything an operator does with Punctual, in one word each.')
    .option(
      '--local [address]',
      'the cloud that npm start runs; the default where one is up',
      local,
    )
    .option('--stage <stage>', 'the stack punctual-<stage>; default dev')
    .option('--stack <name>', 'a stack by its name')
    .option('--profile <name>', 'AWS profile')
    .option('--region <region>', 'AWS region')
    .option('--json', 'for programs: JSON on standard output')
    .helpOption('--help', 'show this')
    .addHelpText('after', HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(inOneLine(text)) })
    .exitOverride();
  addLooking(program);
  addActing(program);
  addPlanning(program);
  return program;
}

const HELP = `
The options of all verbs go before or after the verb. Each verb explains itself: punctual list --help
`;

/** An address, or the port on this machine. A verb or a job after `--local` would be taken for it. */
function local(text: string): string {
  if (/^\d+$/.test(text)) return `http://127.0.0.1:${text}`;
  if (/^https?:\/\/./.test(text)) return text;
  throw new InvalidArgumentError(
    'Write its address, such as http://127.0.0.1:8377, or --local at the end of the line.',
  );
}

/** `error: unknown command 'lst'` and, on a line of its own, what may be meant. */
function inOneLine(text: string): string {
  return `${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')}\n`;
}
