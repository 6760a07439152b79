import { setImmediate as turn } from 'node:timers/promises';
import { eachOf } from '../../src/lib/each-of';

/** Work that ends when the test says so. */
function heldWork(): {
  begun: number[];
  work: (item: number) => Promise<void>;
  end: (item: number, failure?: Error) => Promise<void>;
} {
  const begun: number[] = [];
  const held = new Map<number, (failure?: Error) => void>();
  return {
    begun,
    work: (item) => {
      begun.push(item);
      return new Promise((resolve, reject) => {
        held.set(item, (failure) => {
          if (failure) reject(failure);
          else resolve();
        });
      });
    },
    end: async (item, failure) => {
      held.get(item)?.(failure);
      await turn();
    },
  };
}

describe('eachOf', () => {
  it('begins an item as soon as one of the limit has ended', async () => {
    const { begun, work, end } = heldWork();
    const all = eachOf([1, 2, 3, 4], 2, work);
    await turn();
    expect(begun).toEqual([1, 2]);
    await end(2);
    expect(begun).toEqual([1, 2, 3]);
    await end(1);
    expect(begun).toEqual([1, 2, 3, 4]);
    await end(3);
    await end(4);
    await expect(all).resolves.toBeUndefined();
  });

  it('begins nothing after a failure, and rejects with it once what has begun is over', async () => {
    const { begun, work, end } = heldWork();
    let ended = 'no';
    const all = eachOf([1, 2, 3], 2, work).catch((error: unknown) => {
      ended = String(error);
    });
    await turn();
    await end(1, new Error('first'));
    expect({ begun, ended }).toEqual({ begun: [1, 2], ended: 'no' });
    await end(2, new Error('second'));
    await all;
    expect({ begun, ended }).toEqual({ begun: [1, 2], ended: 'Error: first' });
  });

  it('takes items as a source yields them, and fails as the source does', async () => {
    const done: number[] = [];
    async function* source(): AsyncGenerator<number> {
      yield 1;
      yield 2;
      await turn();
      throw new Error('the source ended');
    }
    const all = eachOf(source(), 5, (item) => Promise.resolve(void done.push(item)));
    await expect(all).rejects.toThrow('the source ended');
    expect(done).toEqual([1, 2]);
  });
});
