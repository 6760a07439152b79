/** Parked events of the demo's orders, as the API lists them. */
import { sendForJson } from '../../src/cli/client/http';
import type { Stack } from '../stack';
import type { ParkedEventSummary } from '../../src/app/parked-events/parked-events';
import { operate, persistently, until } from './orders';

/** Upvest cancels an execution that has settled. @returns the id of the event that reports it */
export function cancelAnExecution({ upvest }: Stack, portfolioOrderId: string): string {
  const { control } = upvest;
  const [first] = control.portfolioOrder(portfolioOrderId).orders.flatMap(({ executions }) => executions);
  control.cancelExecution(first?.id ?? '');
  const { events } = control.portfolioOrder(portfolioOrderId);
  const event = events.findLast(({ type }) => type === 'EXECUTION.CANCELLED');
  if (event === undefined) throw new Error(`Upvest has no execution of ${portfolioOrderId} to cancel`);
  return event.id;
}

/** The events that came after the end of this order. */
export async function lateEvents(
  { url, tokens }: Stack,
  portfolioOrderId: string,
): Promise<ParkedEventSummary[]> {
  const path = '/parked-events?reason=LATE&limit=100';
  const page = await persistently(() => sendForJson({ url, token: tokens.read }, { path }));
  const { events } = page as { events: ParkedEventSummary[] };
  return events.filter(({ detail }) => detail?.includes(portfolioOrderId));
}

/** Has an operator retry a parked event until it has reached its order. */
export async function retryParked(stack: Stack, id: string): Promise<void> {
  await until(`${id} to reach its order`, async () => {
    const attempt = await operate(stack, `/parked-events/${id}/retry`, { reason: 'the order is open again' });
    return (attempt as { outcome: string }).outcome === 'routed';
  });
}
