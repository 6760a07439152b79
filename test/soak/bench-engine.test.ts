import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { SideRounds } from '../../bench/engine/report';

const MAIN = join(resolve(__dirname, '../..'), 'dist/bench/engine/main.js');

it('delivers every event of both sides, and counts time, memory and history of each', async () => {
  const args =
    '--orders 2 --rounds 1 --warm-up 0 --children 3 --requests 4 --at-once 2 --stream orders --json';
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args.split(' ')]);
  const { sides } = JSON.parse(stdout) as { sides: SideRounds[] };
  expect(sides.map(({ name, stream }) => `${name} ${stream}`)).toEqual(['twin orders', 'product orders']);
  for (const { rounds } of sides) {
    expect(rounds).toHaveLength(1);
    const [round] = rounds;
    // 4 of the portfolio order and 3 of each child: the benchmark fails if ESW gets fewer.
    expect((round?.orderEventsPerSecond ?? 0) / (round?.ordersPerSecond ?? 1)).toBeCloseTo(13);
    // The twin has no records, so a database of records alone is idle meanwhile.
    const { worker = 0, server = 0, Temporal = 0 } = round?.cpu ?? {};
    expect(Math.min(worker, server, Temporal)).toBeGreaterThan(0);
    expect(round?.workerMemory).toBeGreaterThan(50 * 2 ** 20);
    expect(round?.history.actions).toBeGreaterThanOrEqual(8);
  }
});
