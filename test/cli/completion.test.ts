import { expect, test } from 'vitest';
import { MAIN, punctual } from './cloud.ts';

test.each([
  ['bash', 'complete -F'],
  ['zsh', 'compdef'],
  ['fish', 'complete -c punctual'],
])('%s gets a script that asks this very command line', async (shell, registers) => {
  const { code, stdout, stderr } = await punctual(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(registers);
  expect(stdout).toContain(`'${process.execPath}' '${MAIN}' complete`);
});

test('without a cloud it completes all but jobs', async () => {
  const words = ['--local', 'http://127.0.0.1:1', 'show', ''];
  expect(await punctual(['complete', '--', ...words])).toMatchObject({ code: 0, stdout: ':4\n' });
});
