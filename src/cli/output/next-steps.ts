/** The commands that resolve each kind of issue. */
import type { Attention } from '../../domain/operator/attention';
import type { OrderAction } from '../../domain/operator/order-action';
import type { OrderStatusView } from '../../app/orders/read';
import { quoted } from './text';

const PROGRAM = 'portfolio-orders';
const WHY = "--reason '…'";

const command = (...words: string[]): string => [PROGRAM, ...words].join(' ');

/** What an operation needs beside the reason. */
const OPTIONS: Partial<Record<OrderAction, (code: string) => string>> = {
  acknowledge: (code) => `--code ${code}`,
  close: () => "--evidence '…'",
};

/** Codes whose message says everything. */
const CLEAR = new Set(['CANCEL_REFUSED', 'CANCELLED_BY_BROKER', 'CALENDAR_UNCOVERED']);

/** What to look at before the decision. */
function lookFirst(code: string, order: string, [first]: OrderAction[]): string[] {
  if (code === 'PLACEMENT_OVERDUE') return [command('list --phase UNKNOWN')];
  if (code === 'REOPENED') return [command('parked list --reason LATE')];
  return first === 'acknowledge' && !CLEAR.has(code) ? [command('timeline', order)] : [];
}

/** Commands for one issue of an order, the likeliest first. */
export function stepsFor(
  { code, actions }: Pick<Attention, 'code' | 'actions'>,
  { reference, portfolioOrderId }: Pick<OrderStatusView, 'reference' | 'portfolioOrderId'>,
): string[] {
  const order = quoted(reference ?? portfolioOrderId ?? '');
  return [
    ...lookFirst(code, order, actions),
    ...actions.map((action) => {
      const options = OPTIONS[action]?.(code);
      return command(action, order, ...(options === undefined ? [] : [options]), WHY);
    }),
  ];
}

/** Commands for an order whose workflow was terminated or failed. */
export function stepsWhenInterrupted({ reference, portfolioOrderId }: OrderStatusView): string[] {
  return [command('reconcile', quoted(portfolioOrderId ?? reference ?? ''), WHY)];
}

/** Commands for a placement with unknown outcome; none while a decision about it is being checked. */
export function stepsWhenUnknown({ reference, placement }: OrderStatusView): string[] {
  if (placement?.identified !== undefined) return [];
  const name = quoted(reference ?? '');
  const candidates = placement?.candidates ?? [];
  return [
    ...(candidates.length === 0 ? ['<id>'] : candidates.map(quoted)).map((id) =>
      command('identify', name, `--order ${id}`, WHY),
    ),
    command('identify', name, '--none', WHY),
  ];
}
