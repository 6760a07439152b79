/** The table of the comparison: medians of the rounds, and the product in proportion to the twin. */
import { median } from '../statistics';
import { COUNTED, type OpenOrderMemory, type Round } from './measure';
import type { Stream } from './options';

export interface SideRounds {
  name: 'twin' | 'product';
  stream: Stream;
  rounds: readonly Round[];
  /** Absent without orders that stay open. */
  openOrderMemory?: OpenOrderMemory | undefined;
}

interface Row {
  name: string;
  value: (round: Round) => number;
  /** Decimals to print. */
  decimals?: number;
}

const KIB = 1024;
const ROWS: readonly Row[] = [
  { name: 'orders/s', value: (round) => round.ordersPerSecond, decimals: 2 },
  { name: 'OrderEvents/s', value: (round) => round.orderEventsPerSecond },
  { name: 'CPU per order, ms', value: (round) => round.cpu.total },
  ...COUNTED.map((name): Row => ({ name: `of it ${name}, ms`, value: (round) => round.cpu[name] })),
  { name: 'webhook to 200, p50, ms', value: (round) => round.acknowledge.p50 },
  { name: 'webhook to 200, p99, ms', value: (round) => round.acknowledge.p99 },
  { name: 'last webhook to ESW, p50, ms', value: (round) => round.delivery.p50 },
  { name: 'last webhook to ESW, p99, ms', value: (round) => round.delivery.p99 },
  { name: 'requests answered 5xx and repeated', value: (round) => round.repeated, decimals: 0 },
  { name: 'history events per order', value: (round) => round.history.events },
  { name: 'history per order, KiB', value: (round) => round.history.bytes / KIB },
  { name: 'billable actions per order', value: (round) => round.history.actions },
  { name: 'memory of the worker, MiB', value: (round) => round.workerMemory / KIB ** 2, decimals: 0 },
];

/** Lines of the table, the first one its head: for each stream the twin, the product, and their ratio. */
export function reportTable(sides: readonly SideRounds[]): string[][] {
  const streams = [...new Set(sides.map(({ stream }) => stream))];
  const sideOf = (name: SideRounds['name'], stream: Stream): SideRounds | undefined =>
    sides.find((side) => side.name === name && side.stream === stream);
  const line = (name: string, decimals: number, value: (side?: SideRounds) => number): string[] => [
    name,
    ...streams.flatMap((stream) => {
      const twin = value(sideOf('twin', stream));
      const product = value(sideOf('product', stream));
      return [twin.toFixed(decimals), product.toFixed(decimals), ratioOf(product, twin)];
    }),
  ];
  const head = streams.flatMap((stream) => [`twin, ${stream}`, `product, ${stream}`, 'ratio']);
  const lines = ROWS.map(({ name, value, decimals = 1 }) =>
    line(name, decimals, (side) => median((side?.rounds ?? []).map(value))),
  );
  if (sides.some(({ openOrderMemory }) => openOrderMemory !== undefined))
    lines.push(
      line('memory of an open order, KiB', 0, (side) => (side?.openOrderMemory?.resident ?? 0) / KIB),
      line('of it heap after a collection, KiB', 0, (side) => (side?.openOrderMemory?.heap ?? 0) / KIB),
    );
  return [['', ...head], ...lines];
}

function ratioOf(product: number, twin: number): string {
  return twin === 0 ? '' : (product / twin).toFixed(2);
}

/** A table of Markdown. */
export function markdownTable([head = [], ...lines]: readonly string[][]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_cell, index) => (index === 0 ? '---' : '--:'));
  return [row(head), row(rule), ...lines.map(row)].join('\n');
}
