/** Events that could not be used are kept, tried again where time can help, and end by being of use or of none. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/cli/dev-stack';
import { createParkingLot, type ParkedEvent, type ParkingLot } from '../../src/temporal/parking-lot';
import { searchAttributes } from '../../src/temporal/search-attributes';
import type { parkedEvent } from '../../workflows';
import { discardUpdate, parkedEventWorkflowId, retryUpdate } from '../../workflows/messages';
import { hashOf, newEvent, parkedIds, parkedInput } from '../http/webhooks';
import { finished, settledAtBroker, startTestStack, submit, until } from '../support/stack';
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

describe('several events of one request', () => {
  it('go to their orders as those become known; the rest is kept', async () => {
    const { id, events } = await settledAtBroker(stack);
    const lost = newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });
    const handle = await park([lost, ...events], { reason: 'UNROUTED' });
    const { order: view } = await finished(stack, id);
    expect(recordOf(view)).toEqual(truthOf(stack, id));
    const rest = await until('the rest', async () => {
      const input = await parkedInput(handle.workflowId);
      return input.raw === JSON.stringify([lost]) && input;
    });
    expect(rest.reason).toBe('UNROUTED');
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await stack.upvest.control.releaseWebhooks();
  });

  it('end together when all of them are dealt with', async () => {
    const { id, events } = await settledAtBroker(stack);
    const foreign = strayOrder({ initiation_flow: 'SELL_TO_COVER_FEES', client_reference: '' });
    const handle = await park([foreign, ...events], { reason: 'UNROUTED' });
    expect(await handle.result()).toEqual({ outcome: 'all-dealt-with', events: events.length + 1 });
    await finished(stack, id);
    await stack.upvest.control.releaseWebhooks();
  });
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

it('a thousand events that wait for their orders do not hold up the feed', async () => {
  const lost = () => newEvent('EXECUTION.FILLED', { ...execution, id: randomUUID(), order_id: randomUUID() });
  for (let request = 0; request < 5; request += 1) {
    const events = Array.from({ length: 200 }, lost);
    expect(await stack.upvest.control.sendRaw({ events })).toMatchObject({ status: 200 });
  }
  const { order: view } = await finished(stack, await submit(stack));
  expect(view.status).toBe('SETTLED');
});
