/** The commands that resolve each kind of issue. */
import type { AttentionCode } from '../../domain/order/attentions';
import type { OrderStatusView } from '../../app/orders/read';
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
const reconcile: Step = (order, code) => [command('reconcile', order, WHY), ...acknowledge(order, code)];
const investigate: Step = (order, code) => [command('timeline', order), ...acknowledge(order, code)];

/** The compiler requires every code; a server of another release may send more. */
const STEPS: Partial<Record<string, Step>> = {
  SKIPPED_STATE: investigate,
  CONTRADICTION: investigate,
  REGRESSION: investigate,
  MISTRADE: investigate,
  MIXED_OUTCOME: investigate,
  OVERFILLED: investigate,
  AMOUNT_MISMATCH: investigate,
  CHILD_AFTER_TERMINAL: investigate,
  CANCELLATION_REFUSED: investigate,
  UNKNOWN_STATUS: investigate,
  UNKNOWN_CANCELLATION_REASON: investigate,
  IRREGULAR_ID: investigate,
  UNREADABLE_TIME: investigate,
  EMISSION_REFUSED: retryEmission,
  EMISSION_STOPPED: retryEmission,
  ALREADY_AT_ESW: investigate,
  UNUSABLE_MESSAGE: reconcile,
  NEW_OVERDUE: reconcile,
  PROCESSING_OVERDUE: reconcile,
  PARTS_OVERDUE: reconcile,
  SETTLEMENT_OVERDUE: reconcile,
  CANCEL_SILENT: reconcile,
  CANCEL_REFUSED: acknowledge,
  CALENDAR_UNCOVERED: acknowledge,
  IMPLAUSIBLE_SETTLEMENT_DATE: investigate,
  UNKNOWN_TO_BROKER: close,
  FIRST_SEEN_FINISHED: release,
  HEALED_WITHOUT_LEDGER: release,
  REOPENED: (order) => [command('parked list --reason LATE'), ...close(order, '')],
} satisfies Record<AttentionCode, Step>;

/** Commands for one issue of an order, the likeliest first. */
export function stepsFor(code: AttentionCode, { reference, portfolioOrderId }: OrderStatusView): string[] {
  return (STEPS[code] ?? investigate)(quoted(reference ?? portfolioOrderId ?? ''), code);
}

/** Commands for an order whose workflow was terminated or failed. */
export function stepsWhenInterrupted({ reference, portfolioOrderId }: OrderStatusView): string[] {
  return [command('reconcile', quoted(portfolioOrderId ?? reference ?? ''), WHY)];
}

/** Commands for a placement with unknown outcome. */
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
