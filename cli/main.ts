/** `npx punctual <verb>`. Loads what a verb needs only where it is asked for: `--help` must not wait. */
import { say } from './problem.ts';
import { createProgram } from './program.ts';

process.stdout.once('error', () => process.exit()); // nobody reads any more: `punctual runs | head`
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
