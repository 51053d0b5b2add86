import { expect, test } from 'vitest';
import { Turnstile } from '../../local/turnstile.ts';

const others = () => new Promise((resolve) => setImmediate(resolve));

test('lets so many through at once, the others in their order as room is made', async () => {
  const turnstile = new Turnstile(2);
  const through: number[] = [];
  const leave: Array<() => void> = [];
  for (const one of [1, 2, 3, 4]) {
    void turnstile.enter().then((left) => {
      through.push(one);
      leave.push(left);
    });
  }
  await others();
  expect(through).toEqual([1, 2]);
  leave[1]?.();
  await others();
  expect(through).toEqual([1, 2, 3]);
  leave[0]?.();
  leave[2]?.();
  await others();
  expect(through).toEqual([1, 2, 3, 4]);
  void turnstile.enter().then(() => through.push(5));
  await others();
  expect(through).toEqual([1, 2, 3, 4, 5]);
});
