/** The saved views of docs/operations.md find what they say, on a real server. The stack needs to have no other orders. */
import type { Stack } from '../../demo/stack';
import {
  finishedOrder,
  needs,
  parkedEvent,
  pausedOrder,
  place,
  runningOrder,
  submit,
  troubledOrder,
  unansweredPlacement,
  untilOrder,
  type PlacedOrder,
} from '../../demo/scene/orders';
import { heldOrder, terminate } from '../http/operations';
import { FAR_DEADLINES } from '../support/orders';
import { until } from '../support/stack';
import { uniqueName } from '../support/temporal';
import { tableBelow } from './operations-document';
import { portfolioOrderWorkflowId } from '../../contracts/portfolio-order';

/** An order that stays NEW is overdue soon; nothing else is. */
export const DEADLINES_OF_VIEWS = {
  ...FAR_DEADLINES,
  new: { askAfterMs: 600_000, attentionAfter: { ms: 3_000 } },
};

export function operationsDocumentSuite(running: () => Stack): void {
  const queries = new Map(
    tableBelow('### Saved views').map(([view = '', query = '']) => [view, query.slice(1, -1)]),
  );
  let stack: Stack;
  const untested = new Set(queries.keys());
  beforeAll(() => {
    stack = running();
  });

  /** Waits until the view finds exactly these, since the index is a moment behind. */
  async function expectFound(
    view: string,
    workflowIds: string[],
    like: [string, string] = ['', ''],
  ): Promise<void> {
    untested.delete(view);
    const query = `${(queries.get(view) ?? '').replace(...like)} AND TaskQueue = '${stack.config.orderTaskQueue}'`;
    let found: string[] = [];
    await until(
      `${view} to find them`,
      async () => {
        found = [];
        for await (const { workflowId } of stack.client.workflow.list({ query })) found.push(workflowId);
        return JSON.stringify([...new Set(found)].sort()) === JSON.stringify([...workflowIds].sort());
      },
      15_000,
    ).catch((error: unknown) => {
      expect([view, query, found.sort()]).toEqual([view, query, workflowIds.sort()]);
      throw error;
    });
  }
  const idOf = ({ portfolioOrderId }: PlacedOrder): string => portfolioOrderWorkflowId(portfolioOrderId);
  const placementOf = (reference: string): string => `placement/${reference}`;

  it('find what they say, and nothing else', async () => {
    const name = uniqueName('view');
    await unansweredPlacement(stack, `${name}-unknown`);
    const [troubled, paused, overdue, ended, cancelled, running, interrupted] = await Promise.all([
      troubledOrder(stack, `${name}-troubled`),
      pausedOrder(stack, `${name}-paused`),
      place(stack, `${name}-new`, { scenario: 'WAITS_IN_NEW' }),
      finishedOrder(stack, `${name}-mistrade`, { scenario: 'MISTRADE' }),
      finishedOrder(stack, `${name}-cancelled`, { scenario: 'PARTNER_CANCEL' }),
      runningOrder(stack, `${name}-running`),
      runningOrder(stack, `${name}-interrupted`),
      submit(stack, `${name}-refused`, { scenario: 'ACCOUNT_NOT_FOUND' }),
    ]);
    const large = await place(
      stack,
      `${name}-large`,
      { scenario: 'WAITS_IN_FILLED' },
      { cashAmount: '25000.00' },
    );
    await untilOrder(stack, overdue.reference, needs('NEW_OVERDUE'));
    await terminate(stack, interrupted.portfolioOrderId);
    const held = portfolioOrderWorkflowId(await heldOrder(stack));
    await parkedEvent(stack);
    const parked = await until('the event to be parked', async () => {
      const query = `WorkflowType = 'parkedEvent' AND TaskQueue = '${stack.config.orderTaskQueue}'`;
      for await (const { workflowId } of stack.client.workflow.list({ query })) return workflowId;
      return undefined;
    });

    const unknown = placementOf(`${name}-unknown`);
    const inNeed = [troubled, paused, overdue].map(idOf).concat(held);
    await expectFound('Needs attention', [...inNeed, unknown, parked]);
    await expectFound('Orders that need attention', inNeed);
    await expectFound('Overdue', [idOf(overdue)]);
    await expectFound('Trouble with ESW', [troubled, paused].map(idOf));
    await expectFound('Waiting for a partner', [idOf(paused)]);
    await expectFound('Placements with unknown outcome', [unknown]);
    await expectFound('Placements rejected by Upvest', [placementOf(`${name}-refused`)]);
    await expectFound('Parked events', [parked]);
    await expectFound('Late events of finished orders', []);
    await expectFound('Finished with open issues', [ended, cancelled].map(idOf));
    await expectFound('Ended externally', [idOf(interrupted)]);
    await expectFound('Cancelled', [idOf(cancelled)]);
    await expectFound('Large and open', [idOf(large)]);
    await expectFound('Not placed here', [held]);
    await expectFound('Settlement due before', [paused, large].map(idOf));
    const both = [placementOf(running.reference), idOf(running)];
    await expectFound('One account', both, ['5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01', running.accountId]);
    await expectFound('One reference', both, ['savings-1048', running.reference]);
    const id = running.portfolioOrderId;
    await expectFound('One Upvest id', both, ['2fd01fa8-4f0d-42e0-bee1-9753dc4eccde', id]);
    expect([...untested]).toEqual([]);
  });
}
