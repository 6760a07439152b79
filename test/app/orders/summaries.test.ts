/** The summaries in the list of workflows are Markdown: texts from outside form nothing there. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { createOrderSignals } from '../../../src/app/orders/deliver';
import { startPlacement } from '../../../src/app/placements/start-placement';
import { createDeadLetterQueue } from '../../../src/app/parked-events/park';
import type { PlacePortfolioOrderInput } from '../../../contracts/placement';
import { at, portfolioOrder } from '../../domain/samples';

const HOSTILE = '[click](https://evil.example) **now**';
const HARMLESS = '\\[click\\](https\\://evil.example) \\*\\*now\\*\\*';

/** Starts a workflow with a client that keeps the summary. */
async function summaryWith(start: (client: Client) => Promise<unknown>): Promise<string> {
  const started: { staticSummary?: string }[] = [];
  const take = (_type: string, options: { staticSummary?: string }): Promise<void> => {
    started.push(options);
    return Promise.resolve();
  };
  await start({ workflow: { start: take, signalWithStart: take } } as unknown as Client);
  return started[0]?.staticSummary ?? '';
}

it('of a placement (14.37)', async () => {
  const request = {
    userId: randomUUID(),
    accountId: randomUUID(),
    cashAmount: '1.00',
    currency: 'EUR',
    side: 'BUY' as const,
    postTax: false,
  };
  const order = { deployment: 'here' } as PlacePortfolioOrderInput['order'];
  const placement = { reference: HOSTILE, attempt: 1, request, order } as PlacePortfolioOrderInput;
  const summary = await summaryWith((client) => startPlacement(client, 'queue', placement));
  expect(summary).toBe(`BUY 1.00 EUR as ${HARMLESS}`);
});

it('of an order that starts with its placement (14.37)', async () => {
  const settings = {} as Parameters<typeof createOrderSignals>[2];
  const placed = { reference: HOSTILE, requestedAt: at(0), observation: portfolioOrder('NEW') };
  const summary = await summaryWith((client) =>
    createOrderSignals(client, 'queue', settings).handOff(placed),
  );
  expect(summary).toContain(` as ${HARMLESS}`);
});

it('of a parked event (14.37)', async () => {
  const event = { eventId: 'event', raw: '{}', reason: 'UNREADABLE' as const, receivedAt: at(0) };
  const summary = await summaryWith((client) =>
    createDeadLetterQueue(client, 'queue').park({ ...event, detail: HOSTILE }),
  );
  expect(summary).toBe(`UNREADABLE: ${HARMLESS}`);
});
