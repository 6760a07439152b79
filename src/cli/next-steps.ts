/** The command that an operator types next, for everything that needs somebody. */
import type { AttentionCode } from '../domain/attention';
import type { OrderStatusView } from '../temporal/order-reader';
import { quoted } from './text';

const PROGRAM = 'portfolio-orders';
const WHY = "--reason '…'";

type Step = (order: string, code: string) => string[];

const command = (...words: string[]): string => [PROGRAM, ...words].join(' ');
const acknowledge: Step = (order, code) => [command('acknowledge', order, `--code ${code}`, WHY)];
const retryEmission: Step = (order) => [command('retry-emission', order, WHY)];
const release: Step = (order) => [
  command('release', order, WHY),
  command('close', order, "--evidence '…'", WHY),
];
const close: Step = (order) => [command('close', order, "--evidence '…'", WHY)];
const askAgain: Step = (order, code) => [command('reconcile', order, WHY), ...acknowledge(order, code)];
const lookInto: Step = (order, code) => [command('timeline', order), ...acknowledge(order, code)];

/** The compiler asks for every code of ours; a server of another release may have more. */
const STEPS: Partial<Record<string, Step>> = {
  SKIPPED_STATE: lookInto,
  CONTRADICTION: lookInto,
  REGRESSION: lookInto,
  MISTRADE: lookInto,
  MIXED_OUTCOME: lookInto,
  OVERFILLED: lookInto,
  AMOUNT_MISMATCH: lookInto,
  CHILD_AFTER_TERMINAL: lookInto,
  CANCELLATION_REFUSED: lookInto,
  UNKNOWN_STATUS: lookInto,
  UNKNOWN_CANCELLATION_REASON: lookInto,
  IRREGULAR_ID: lookInto,
  UNREADABLE_TIME: lookInto,
  EMISSION_REFUSED: retryEmission,
  EMISSION_STOPPED: retryEmission,
  UNUSABLE_MESSAGE: askAgain,
  NEW_OVERDUE: askAgain,
  PROCESSING_OVERDUE: askAgain,
  PARTS_OVERDUE: askAgain,
  SETTLEMENT_OVERDUE: askAgain,
  CANCEL_SILENT: askAgain,
  CANCEL_REFUSED: acknowledge,
  CALENDAR_UNCOVERED: acknowledge,
  UNKNOWN_TO_BROKER: close,
  FIRST_SEEN_FINISHED: release,
  HEALED_WITHOUT_LEDGER: release,
  REOPENED: (order) => [command('parked list --reason LATE'), ...close(order, '')],
} satisfies Record<AttentionCode, Step>;

/** For one attention of an order, the likeliest first. */
export function stepsFor(code: AttentionCode, { reference, portfolioOrderId }: OrderStatusView): string[] {
  return (STEPS[code] ?? lookInto)(quoted(reference ?? portfolioOrderId ?? ''), code);
}

/** For an order whose workflow somebody has ended. */
export function stepsWhenInterrupted({ reference, portfolioOrderId }: OrderStatusView): string[] {
  return [command('reconcile', quoted(portfolioOrderId ?? reference ?? ''), WHY)];
}

/** For a placement of which nobody knows what became. */
export function stepsWhenUnknown({ reference, placement }: OrderStatusView): string[] {
  const name = quoted(reference ?? '');
  const candidates = placement?.candidates ?? [];
  return [
    ...(candidates.length === 0 ? ['<id>'] : candidates.map(quoted)).map((id) =>
      command('identify', name, `--order ${id}`, WHY),
    ),
    command('identify', name, '--none', WHY),
  ];
}
