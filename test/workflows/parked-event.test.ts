/** Events that could not be used are kept, tried again where time can help, and end by being of use or of none. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import { createParkingLot, type ParkedEvent, type ParkingLot } from '../../src/temporal/parking-lot';
import { searchAttributes } from '../../src/temporal/search-attributes';
import type { parkedEvent } from '../../workflows';
import { discardUpdate, parkedEventWorkflowId, retryUpdate } from '../../workflows/messages';
import { expectParked, hashOf, newEvent, parkedId, parkedIds } from '../http/webhooks';
import { finished, settledAtBroker, startTestStack, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import { recordOf, truthOf } from '../support/truth';
import { execution, order } from '../upvest/event-fixture';

let stack: Stack;
let parkingLot: ParkingLot;
beforeAll(async () => {
  stack = await startTestStack();
  parkingLot = createParkingLot(testClient(), stack.config.orderTaskQueue);
});
afterAll(async () => {
  await stack.stop();
  await closeTemporal();
});

const operator = { actor: 'somebody', reason: 'after the deploy' };

/** Parks an event, or several of one request. */
async function park(event: unknown, more: Partial<ParkedEvent> = {}) {
  const raw = JSON.stringify(event);
  const eventId = randomUUID();
  const receivedAt = new Date().toISOString();
  await parkingLot.park({ eventId, reason: 'UNREADABLE', detail: 'test', receivedAt, raw, ...more });
  return testClient().workflow.getHandle<typeof parkedEvent>(parkedEventWorkflowId(eventId, hashOf(raw)));
}

function strayOrder(more: object) {
  const id = randomUUID();
  return newEvent('ORDER.NEW', {
    ...order,
    id,
    created_at: new Date().toISOString(),
    executions: [],
    ...more,
  });
}

describe('an operator can have it tried again', () => {
  it('and it ends when it can be routed now', async () => {
    const { id, events } = await settledAtBroker(stack);
    const handle = await park(events[0]);
    expect(await handle.executeUpdate(retryUpdate, { args: [operator] })).toEqual({
      outcome: 'routed',
      portfolioOrderId: id,
    });
    expect(await handle.result()).toEqual({ outcome: 'routed', portfolioOrderId: id });
    await stack.upvest.control.releaseWebhooks();
    await finished(stack, id);
  });

  it('and is told why it still cannot', async () => {
    const handle = await park(newEvent('NEWS.PUBLISHED', {}));
    expect(await handle.executeUpdate(retryUpdate, { args: [operator] })).toEqual({
      outcome: 'kept',
      why: expect.stringContaining('NEWS.PUBLISHED') as string,
    });
    expect((await handle.describe()).status.name).toBe('RUNNING');
  });

  it('once they say who they are and why', async () => {
    const handle = await park(newEvent('NEWS.PUBLISHED', {}));
    await expect(
      handle.executeUpdate(retryUpdate, { args: [{ ...operator, reason: '' }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('reason') as string } });
  });
});

it('is no longer found among those that wait once it has ended', async () => {
  const handle = await park(newEvent('NEWS.PUBLISHED', {}));
  await until('it to be found', async () =>
    (await parkedIds(stack, 'PARKED_UNREADABLE')).includes(handle.workflowId),
  );
  await handle.executeUpdate(discardUpdate, { args: [operator] });
  await handle.result();
  const { typedSearchAttributes } = await handle.describe();
  expect(typedSearchAttributes.get(searchAttributes.attention) ?? []).toEqual([]);
});

describe('by itself', () => {
  it('ends when its order turns out to be no business of ours', async () => {
    const longAgo = new Date(Date.now() - 3_600_000).toISOString();
    const foreign = strayOrder({
      initiation_flow: 'API',
      client_reference: randomUUID(),
      created_at: longAgo,
    });
    const handle = await park(foreign, { reason: 'UNROUTED' });
    expect(await handle.result()).toEqual({ outcome: 'foreign', flow: 'API' });
  });

  it('ends when its finished order knew it, and waits for an operator when it did not', async () => {
    const { id, events } = await settledAtBroker(stack);
    await stack.upvest.control.releaseWebhooks();
    await finished(stack, id);
    const known = await park([events[0], events[1]], { reason: 'UNROUTED' });
    expect(await known.result()).toEqual({ outcome: 'redundant' });

    const settled = events.find(({ type }) => type === 'EXECUTION.SETTLED');
    const mistrade = newEvent('EXECUTION.CANCELLED', { ...settled?.object, status: 'CANCELLED' });
    const late = await park(mistrade, { reason: 'UNROUTED' });
    expect(await late.executeUpdate(retryUpdate, { args: [operator] })).toMatchObject({
      outcome: 'kept',
      why: expect.stringContaining('CANCELLED') as string,
    });
    expect((await late.describe()).status.name).toBe('RUNNING');
  });
});

it('a list is taken apart: what can be used goes to its order, the rest is parked singly', async () => {
  const { id, events } = await settledAtBroker(stack);
  const strange = newEvent('NEWS.PUBLISHED', { at: randomUUID() });
  const lost = newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });
  const handle = await park([strange, ...events, lost], { isList: true });
  expect(await handle.result()).toEqual({ outcome: 'taken-apart', events: events.length + 2 });
  await expectParked(stack, parkedId(strange), 'UNKNOWN_TYPE', JSON.stringify(strange));
  await expectParked(stack, parkedId(lost), 'UNROUTED', JSON.stringify(lost));
  const { order: view } = await finished(stack, id);
  expect(recordOf(view)).toEqual(truthOf(stack, id));
  await stack.upvest.control.releaseWebhooks();
});

it('bytes that are no text are kept to the byte', async () => {
  const raw = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
  const eventId = randomUUID();
  const receivedAt = new Date().toISOString();
  await parkingLot.park({ eventId, reason: 'UNREADABLE', detail: 'test', receivedAt, raw });
  const bodyHash = hashOf(raw);
  const handle = testClient().workflow.getHandle(parkedEventWorkflowId(eventId, bodyHash));
  expect(await handle.executeUpdate(retryUpdate, { args: [operator] })).toMatchObject({ outcome: 'kept' });
});
