import { Failed, Misuse } from './problem.ts';

/**
 * Asks before something that can not be undone, on a terminal. Where nobody can be asked, `--yes` must
 * have said so.
 *
 * @param what will be done, and what it risks: one line without a question mark
 * @throws Misuse where nobody can be asked
 * @throws Failed where the answer is no
 */
export async function confirm(what: string, { yes = false }: { yes?: boolean }): Promise<void> {
  if (yes) return;
  if (!(process.stdin.isTTY && process.stderr.isTTY)) throw new Misuse(`${what}; if so, add --yes`);
  const { default: ask } = await import('@inquirer/confirm');
  // The answer of the verb is on standard output, and may go elsewhere.
  const asked = ask({ message: `${what}. Go on?`, default: false }, { output: process.stderr });
  // Ctrl-C at the question is a no, too.
  const answer = await asked.catch((error) => {
    if (error.name === 'ExitPromptError') return false;
    throw error;
  });
  if (!answer) throw new Failed('nothing was done');
}
