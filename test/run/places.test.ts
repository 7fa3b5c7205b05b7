import { describe, expect, test } from 'vitest';
import { Places } from '../../functions/run/places.ts';

/** Requests that end when they are told to, and the order in which they began. */
function requests(places: Places) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const fails = new Map<string, (error: Error) => void>();
  const ask = (name: string): Promise<void> =>
    places.hold(name.slice(0, 1), () => {
      begun.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, resolve);
        fails.set(name, reject);
      });
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settled();
  };
  return { begun, ask, end, fails };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

const askAll = (all: ReturnType<typeof requests>, names: readonly string[]) => names.map(all.ask);

describe('places', () => {
  test('are so many, and within a region first come, first served', async () => {
    const all = requests(new Places(2));
    const asked = askAll(all, ['a1', 'a2', 'a3', 'a4']);
    expect(all.begun).toEqual(['a1', 'a2']);
    await all.end('a2');
    expect(all.begun).toEqual(['a1', 'a2', 'a3']);
    for (const name of ['a1', 'a3', 'a4']) await all.end(name);
    await Promise.all(asked);
    expect(all.begun).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  test('go to the region that has the fewest, however long another has waited', async () => {
    const all = requests(new Places(2));
    void askAll(all, ['a1', 'a2', 'a3', 'a4', 'b1']);
    await all.end('a1');
    expect(all.begun).toEqual(['a1', 'a2', 'b1']);
  });

  test('go round where regions have as many', async () => {
    const all = requests(new Places(1));
    void askAll(all, ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3']) await all.end(name);
    expect(all.begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  test('are given back by what fails', async () => {
    const all = requests(new Places(1));
    const [first] = askAll(all, ['a1', 'b1']);
    all.fails.get('a1')?.(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await settled();
    expect(all.begun).toEqual(['a1', 'b1']);
  });
});
