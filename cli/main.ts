/** `npx punctual <verb>`. Loads what a verb needs only where it is asked for: `--help` must not wait. */
import { say } from './problem.ts';
import { createProgram } from './program.ts';

// Nobody reads any more: `punctual runs | head`.
for (const stream of [process.stdout, process.stderr]) stream.once('error', () => process.exit());
try {
  const program = createProgram();
  if (process.argv[2] === 'complete') {
    const { addCompletion } = await import('./completion.ts');
    await addCompletion(program, process.argv.slice(3));
  }
  await program.parseAsync();
} catch (error) {
  process.exitCode = say(error);
}
