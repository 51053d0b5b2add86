import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from './problem.ts';

const run = promisify(execFile);

/** Where the CDK CLI would put its assembly; each local cloud has a folder of its own in it. */
const OUTPUT = 'cdk.out';

/**
 * Synthesizes the app as the CDK CLI does: it runs what cdk.json says, with the output folder and
 * the context in the environment. The CLI itself would cost seconds and add nothing.
 *
 * @param root the folder of cdk.json
 * @param schedules absolute path of another list of schedules
 * @returns the folder of the assembly; it goes when this process ends
 * @throws Problem with the app's own line where it refuses
 */
export async function synth(root: string, schedules?: string): Promise<string> {
  const { app, context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
  await mkdir(join(root, OUTPUT), { recursive: true });
  const folder = await mkdtemp(join(resolve(root), OUTPUT, 'local-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  try {
    const running = run(...commandOf(app), {
      cwd: root,
      env: {
        ...process.env,
        CDK_OUTDIR: folder,
        // Offline validation belongs to `cdk synth` and the tests; it would cost a third of the start.
        CDK_VALIDATION: 'false',
        CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...(schedules && { schedules }) }),
      },
    });
    // Before the folder goes: an app that lives on would write it anew.
    process.prependOnceListener('exit', () => running.child.kill('SIGKILL'));
    await running;
  } catch (error) {
    throw new Problem(lastWords(error as Error & { stderr?: string }));
  }
  return folder;
}

/** cdk.json's `app` says `node ...`: the node that runs this one, whatever is on the path. */
function commandOf(app: string): [string, string[]] {
  const [program = 'node', ...args] = app.split(' ');
  return [program === 'node' ? process.execPath : program, args];
}

/** A refusal is one line; anything else (a stack) is shown whole, because someone has to find it. */
function lastWords(error: Error & { stderr?: string }): string {
  return error.stderr?.trim() || error.message;
}
