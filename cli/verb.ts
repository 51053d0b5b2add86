import { type Command, InvalidArgumentError } from 'commander';
import type { Connection, Target } from './connection.ts';
import type { Out } from './out.ts';

/** What a verb's module exports as `run`. It answers with the exit code. */
export type Verb<Options = Record<string, never>> = (
  connection: Connection,
  args: readonly string[],
  options: Options,
  out: Out,
) => Promise<number>;

/** The same for what needs no cloud. */
export type Offline<Options = Record<string, never>> = (
  args: readonly string[],
  options: Options,
  out: Out,
) => Promise<number>;

/** What commander makes of the command line: each verb knows which options it has declared. */
type Given = Target & { json?: boolean };

/**
 * Declares a verb. Its code is loaded when it is called: `--help` must not wait for the SDK.
 *
 * @param usage its name and arguments, as commander reads them
 * @param examples at least one line
 */
export function verb<Options>(
  program: Command,
  usage: string,
  description: string,
  examples: readonly string[],
  load: () => Promise<{ run: Verb<Options> }>,
): Command {
  return declare(program, usage, description, examples, async (args, options, out) => {
    const [{ connect }, { run }] = await Promise.all([import('./connection.ts'), load()]);
    const connection = await connect(options);
    // Nobody should pause the jobs of another cloud than they think.
    if (out.isTerminal && !out.isJson) out.note(out.style('dim', whereIs(connection)));
    return run(connection, args, options as Options, out);
  });
}

function whereIs({ isLocal, stack, region }: Connection): string {
  return `${stack}, ${isLocal ? 'the local cloud' : region}`;
}

/** Declares a verb that needs no cloud. */
export function offline<Options>(
  program: Command,
  usage: string,
  description: string,
  examples: readonly string[],
  load: () => Promise<{ run: Offline<Options> }>,
): Command {
  return declare(program, usage, description, examples, async (args, options, out) =>
    (await load()).run(args, options as Options, out),
  );
}

function declare(
  program: Command,
  usage: string,
  description: string,
  examples: readonly string[],
  act: (args: readonly string[], options: Given, out: Out) => Promise<number>,
): Command {
  return program
    .command(usage)
    .description(description)
    .addHelpText('after', ['', 'Examples:', ...examples.map((line) => `  ${line}`)].join('\n'))
    .action(async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals<Given>();
      const { Out } = await import('./out.ts');
      process.exitCode = await act(command.args, options, new Out(options));
    });
}

/** JSON, as an option; wrapped, since commander takes `null` for an option without a value. */
export function json(text: string): { value: unknown } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    throw new InvalidArgumentError(`It is no JSON: ${(error as Error).message}.`);
  }
}

/** A whole number from 1, as an option. */
export function count(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1.');
}

/** The same, up to a bound. */
export function countTo(most: number): (text: string) => number {
  return (text) => {
    const number = count(text);
    if (number <= most) return number;
    throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`);
  };
}
