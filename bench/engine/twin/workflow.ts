/** One workflow per order: it places, and passes on each status of the events that come. */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { TWIN_EVENTS, type TwinActivities, type TwinEvent, type TwinOrder } from './contract';

const { place, emit } = proxyActivities<TwinActivities>({ startToCloseTimeout: '1m' });

export async function twin(order: TwinOrder): Promise<void> {
  const inbox: TwinEvent[] = [];
  setHandler(defineSignal<[TwinEvent[]]>(TWIN_EVENTS), (events) => {
    inbox.push(...events);
  });
  await place(order);
  for (let isSettled = false; !isSettled;) {
    await condition(() => inbox.length > 0);
    const events = inbox.splice(0);
    const statuses = events.filter(({ type }) => isSent(type, order));
    if (statuses.length > 0) await emit(order, statuses);
    isSettled = events.some(({ type }) => type === 'PORTFOLIO_ORDER.SETTLED');
  }
}

function isSent(type: string, { stream }: TwinOrder): boolean {
  return type.startsWith('PORTFOLIO_ORDER.') || (stream === 'orders' && type.startsWith('ORDER.'));
}
