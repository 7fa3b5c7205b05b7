import { expect, test } from 'vitest';
import { sideBySide } from '../../functions/run/side-by-side.ts';

/** Work that ends when it is told to, and how much of it is under way. */
function bench() {
  const open = new Map<number, () => void>();
  let most = 0;
  const work = (item: number): Promise<number> =>
    new Promise((resolve) => {
      open.set(item, () => {
        open.delete(item);
        resolve(item * 10);
      });
      most = Math.max(most, open.size);
    });
  return { open, work, most: () => most };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many at a time, and the results in the order of the items', async () => {
  const { open, work, most } = bench();
  const all = sideBySide([1, 2, 3, 4, 5], 2, work);
  while (open.size > 0) {
    // The one that began last ends first.
    [...open.values()].at(-1)?.();
    await turn();
  }
  expect(await all).toEqual([10, 20, 30, 40, 50]);
  expect(most()).toBe(2);
});

test('nothing to do is done at once', async () => {
  expect(await sideBySide([], 4, bench().work)).toEqual([]);
});

test('what throws is thrown', async () => {
  const fails = sideBySide([1, 2], 1, () => Promise.reject(new Error('no')));
  await expect(fails).rejects.toThrow('no');
});
