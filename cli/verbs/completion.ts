import { fileURLToPath } from 'node:url';
import { script } from '@bomb.sh/tab';
import { Misuse } from '../problem.ts';

const SHELLS = ['bash', 'zsh', 'fish'];

/** `punctual completion <shell>`. */
export async function run([shell = '']: readonly string[]): Promise<number> {
  if (!SHELLS.includes(shell))
    throw new Misuse(`'${shell}' is no shell it knows; one of ${SHELLS.join(', ')}`);
  // By its path: npx would make every Tab wait for npm.
  const main = fileURLToPath(new URL('../punctual.js', import.meta.url));
  script(shell, 'punctual', `'${process.execPath}' '${main}'`);
  return 0;
}
