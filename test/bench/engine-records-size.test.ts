import { growthLines, type RecordsSize } from '../../bench/engine/records-size';

const size = (
  finished: number,
  open: number,
  tables: Record<string, [rows: number, kib: number]>,
): RecordsSize => ({
  orders: { finished, open },
  tables: new Map(Object.entries(tables).map(([name, [rows, kib]]) => [name, { rows, bytes: kib * 1024 }])),
});

it('what orders leave is the growth of tables that got rows, for each order', () => {
  const before = size(2, 0, { orders: [2, 100], records: [2, 50], sweeps: [0, 16] });
  const after = size(10, 2, {
    orders: [12, 130],
    records: [10, 90],
    order_events: [340, 55],
    sweeps: [0, 24],
  });
  expect(growthLines(before, after)).toEqual([
    'records database: 12.5 KiB for each of 8 finished and 2 open orders',
    '  orders: 1.0 rows, 3.0 KiB',
    '  records: 0.8 rows, 4.0 KiB',
    '  order_events: 34.0 rows, 5.5 KiB',
  ]);
});

it('without orders there is nothing to say', () => {
  const same = size(3, 0, { orders: [3, 100] });
  expect(growthLines(same, same)).toEqual([]);
});
