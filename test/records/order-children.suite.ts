/** Owners of child orders that all processes share, on whatever database they are stored. */
import { randomUUID } from 'node:crypto';
import { connectRecords, type RecordsDatabase } from '../../src/records/connect';
import { createOrderChildren } from '../../src/records/registry/order-children';
import { until } from '../support/until';

export function describeOrderChildren(records: () => RecordsDatabase): void {
  describe('owners of child orders', () => {
    it('that one process learns, another one knows', async () => {
      const [one, other] = [createOrderChildren(records()), createOrderChildren(records())];
      const owner = randomUUID();
      const children = Array.from({ length: 2_500 }, () => randomUUID());
      for (const child of children) one.learn(child, owner);
      const [first = '', last = ''] = [children[0], children.at(-1)];
      // The process itself knows it at once.
      expect(await one.portfolioOrderOf(first)).toBe(owner);
      await until('the last one', async () => (await other.portfolioOrderOf(last)) === owner);
      expect(await other.portfolioOrderOf(first)).toBe(owner);
      expect(await other.portfolioOrderOf(randomUUID())).toBeUndefined();
    });

    it('are written when the process stops', async () => {
      const children = createOrderChildren(records());
      const [child, owner] = [randomUUID(), randomUUID()];
      children.learn(child, owner);
      await children.stop();
      expect(await createOrderChildren(records()).portfolioOrderOf(child)).toBe(owner);
    });

    it('are not known while the database is away, which is no failure, and asked for seldom', async () => {
      const away = connectRecords('postgresql://records@127.0.0.1:9/records');
      const failures: unknown[] = [];
      const children = createOrderChildren(away, { onFailure: (error) => failures.push(error) });
      try {
        children.learn(randomUUID(), randomUUID());
        for (let count = 0; count < 50; count += 1)
          expect(await children.portfolioOrderOf(randomUUID())).toBeUndefined();
        expect(failures).toHaveLength(1);
      } finally {
        await children.stop();
        await away.destroy();
      }
    });
  });
}
