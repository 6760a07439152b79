/** Placements without an answer to their POST. */
import { randomUUID } from 'node:crypto';
import { placedSignal, portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';
import { decide, isFinished, place, submit, unansweredPlacement, untilOrder } from '../orders';
import type { Situation } from './situation';

export const unansweredPost: Situation = {
  name: 'unanswered-post',
  description: 'Upvest resets every POST of this order during the hour in which the coordinator repeats it.',
  shows: ['PLACEMENT_UNKNOWN'],
  alone: unansweredPlacement,
  arrange: (_stack, reference) => Promise.resolve({ order: reference }),
};

export const stoppedPlacement: Situation = {
  name: 'stopped-placement',
  description: 'Upvest answers 403 to every POST for this account, as if the client lacked a scope.',
  shows: ['PLACEMENT_STOPPED'],
  async arrange(stack, reference) {
    await submit(stack, reference, { placementAnswer: 403 });
    return { order: reference };
  },
};

export const ownerUnknown: Situation = {
  name: 'owner-unknown',
  description:
    'An order of the same account and amount as a placement whose outcome is unknown, but of the other side.',
  shows: ['PLACEMENT_OVERDUE'],
  alone: unansweredPlacement,
  async arrange(stack, reference) {
    const { placement } = await untilOrder(stack, reference, ({ phase }) => phase === 'UNKNOWN');
    const { accountId = '', cashAmount = '' } = placement?.request ?? {};
    const draft = {
      userId: randomUUID(),
      accountId,
      cashAmount,
      type: 'SELL',
      initiationFlow: 'API',
    } as const;
    return { order: stack.upvest.control.initiate(draft).portfolioOrder.id };
  },
};

export const identifiedTooLate: Situation = {
  name: 'identified-too-late',
  description:
    'Upvest resets every POST; an operator later identifies an order that has already finished here.',
  shows: ['PLACED_AFTER_FINISH'],
  alone: unansweredPlacement,
  async arrange(stack, reference) {
    const { placement } = await untilOrder(stack, reference, ({ phase }) => phase === 'UNKNOWN');
    // An operator may identify an order of the same account only.
    const accountId = placement?.request.accountId ?? '';
    const draft = { userId: randomUUID(), accountId, cashAmount: '77.70' };
    const { id } = stack.upvest.control.initiate(draft).portfolioOrder;
    await untilOrder(stack, id, isFinished);
    await decide(stack, reference, 'identify', { portfolioOrderId: id, reason: 'found it at Upvest' });
    return { order: id };
  },
};

export const takenTwice: Situation = {
  name: 'taken-twice',
  description: 'Two equal requests have no answer, and both placements find the one order that Upvest has.',
  shows: ['PLACED_TWICE'],
  async arrange(stack, reference) {
    const { portfolioOrderId: id } = await place(stack, reference, { scenario: 'WAITS_IN_FILLED' });
    const at = new Date().toISOString();
    // What the handoff of the second placement sends: that both find the order at the same moment is a matter of chance.
    await stack.client.workflow.getHandle(portfolioOrderWorkflowId(id)).signal(placedSignal, {
      reference: `${reference}-twin`,
      requestedAt: at,
      observation: {
        subject: 'portfolio-order',
        source: { kind: 'poll' },
        at,
        id,
        status: 'NEW',
        orders: [],
      },
    });
    return { order: reference };
  },
};
