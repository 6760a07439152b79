/** Answers and webhooks in the same moment, a broker that is away, and what questions cost when nothing is wrong. */
import type { Stack } from '../../src/cli/dev-stack';
import type { DeadlinePolicies } from '../../src/domain/policies';
import { portfolioOrderWorkflowId } from '../../workflows/messages';
import { historyOf, summarizeHistory } from '../support/history';
import { finished, NO_GAPS, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal, testClient } from '../support/temporal';
import {
  EVERY_STATE,
  eventsOf,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  HELD_MS,
  place,
  questionsAbout,
  tell,
  toldBy,
  viewWhen,
  whileAsked,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

const SOON = { askAfterMs: 400, attentionAfter: { ms: 600_000 } };
const TRADING = ['NEW', 'PROCESSING', 'FILLED'] as const;

const DEADLINES = {
  ...FAR_DEADLINES,
  new: SOON,
  processing: SOON,
  parts: SOON,
  settlement: { cycles: [{ days: 2 }], time: '18:00', attentionAfter: { ms: 1e12 } },
  slowestMs: 2_000,
  quietMs: 300,
} satisfies Partial<DeadlinePolicies>;

let stack: Stack;
/** Waits longer for silence before it asks, so that a pause of the machine is none of the broker. */
let patient: Stack;
beforeAll(async () => {
  [stack, patient] = await Promise.all([
    startTestStack({ deadlines: DEADLINES }),
    startTestStack({ deadlines: { ...DEADLINES, quietMs: 2_000 }, policies: NO_GAPS }),
  ]);
});
afterEach(() => {
  stack.upvest.control.clearFaults();
});
afterAll(async () => {
  await Promise.all([stack.stop(), patient.stop()]);
  await closeTemporal();
});

async function inTruth(stack: Stack, reference: string, id: string) {
  const { order } = await finished(stack, reference);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.attention).toEqual([]);
  expect(order.findings).toEqual([]);
  expectEachOnceAtEsw(stack, reference, EVERY_STATE);
  return order;
}

describe('the webhooks arrive', () => {
  it.each(TRADING)(
    'while a question about %s is under way, whose answer is older than they are',
    async (status) => {
      const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      const { reference, id } = await place(stack, {
        scenario: `WAITS_IN_${status}`,
        settlementDate: yesterday,
      });
      await viewWhen(stack, id, status, (view) => view.status === status);
      await whileAsked(stack, id, async () => {
        stack.upvest.control.proceed(id);
        await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
        await stack.upvest.control.whenDelivered();
      });
      const { questions } = await inTruth(stack, reference, id);
      expect(questions.failed).toBe(0);
    },
  );

  it.each(TRADING)(
    'while a question about %s is under way, whose answer tells all that they do',
    async (status) => {
      const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      const { reference, id, accountId } = await place(stack, {
        scenario: `WAITS_IN_${status}`,
        settlementDate: yesterday,
      });
      await viewWhen(stack, id, status, (view) => view.status === status);
      await until('no question to be under way', () => {
        return questionsAbout(stack, id).every((call) => call.status !== undefined);
      });
      const before = stack.upvest.control.portfolioOrder(id).events.length;
      stack.upvest.control.configureAccount(accountId, { webhooks: 'none' });
      // The answer shows the state of its moment: the end, or shortly before it.
      stack.upvest.control.delayAnswers({
        method: 'GET',
        path: `/portfolios/orders/${id}`,
        ms: HELD_MS,
        count: 2,
      });
      stack.upvest.control.proceed(id);
      await until('the broker to settle', () => truthOf(stack, id).status === 'SETTLED');
      await tell(stack, stack.upvest.control.portfolioOrder(id).events.slice(before));
      stack.upvest.control.clearFaults();
      await inTruth(stack, reference, id);
    },
  );

  it('at the deadline itself', async () => {
    const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    const view = await viewWhen(stack, id, 'the deadline', ({ waits }) => waits.length > 0);
    const dueAt = Date.parse(view.waits[0]?.asksAt ?? '');
    await until('the deadline', () => Date.now() >= dueAt - 60);
    stack.upvest.control.proceed(id);
    await inTruth(stack, reference, id);
  });

  it('in one burst longer than a deadline and its silence: nothing is asked in the middle of it', async () => {
    const { reference, id } = await place(patient, { scenario: 'WAITS_IN_NEW' });
    const [event] = eventsOf(patient, id, 'PORTFOLIO_ORDER.NEW');
    await viewWhen(patient, id, 'NEW', ({ status }) => status === 'NEW');
    const asked = questionsAbout(patient, id).length;
    for (const end = Date.now() + 3_000; Date.now() < end;) await tell(patient, [event]);
    expect(questionsAbout(patient, id)).toHaveLength(asked);
    await until('a question', () => questionsAbout(patient, id).length > asked);
    patient.upvest.control.proceed(id);
    await inTruth(patient, reference, id);
  });
});

describe('while Upvest is away for several deadlines', () => {
  it('orders go on by webhooks alone', async () => {
    const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW' });
    await viewWhen(stack, id, 'NEW', ({ status }) => status === 'NEW');
    stack.upvest.control.setOutage(true);
    await until('questions without an answer', () => {
      return questionsAbout(stack, id).filter(({ status }) => status === 503).length >= 2;
    });
    stack.upvest.control.proceed(id);
    const tracked = await viewWhen(stack, id, 'SETTLED', ({ status, progress }) => {
      return status === 'SETTLED' && progress.settled === 5;
    });
    expect(tracked.attention).toEqual([]);
    await until('ESW to know', () => statusesAtEsw(stack, reference).length === 4);
    stack.upvest.control.setOutage(false);
    await inTruth(stack, reference, id);
  });

  it('and webhooks are lost: nothing else is, and orders catch up afterwards', async () => {
    const placed = await Promise.all(
      [1, 2, 3].map(() => place(stack, { scenario: 'WAITS_IN_PROCESSING', webhooks: 'none' })),
    );
    await Promise.all(
      placed.map(({ id }) => viewWhen(stack, id, 'PROCESSING', ({ status }) => status === 'PROCESSING')),
    );
    stack.upvest.control.setOutage(true);
    for (const { id } of placed) stack.upvest.control.proceed(id);
    await until('questions without an answer', () =>
      placed.every(({ id }) => questionsAbout(stack, id).filter((call) => call.status === 503).length >= 2),
    );
    stack.upvest.control.setOutage(false);
    for (const { reference, id } of placed) {
      const { order } = await finished(stack, reference);
      expect(recordOf(order)).toEqual(truthOf(stack, id));
      expectEachOnceAtEsw(stack, reference, ['Created', 'Confirmed', 'Settled']);
    }
  });
});

it('an order that Upvest does not know is told, and followed as soon as it does', async () => {
  const { reference, id } = await place(stack, { scenario: 'WAITS_IN_NEW', propagationMs: 2_500 });
  const unknown = await viewWhen(stack, id, 'the attention', ({ attention }) => attention.length > 0);
  expect(unknown.attention).toEqual(['UNKNOWN_TO_BROKER']);
  expect(await toldBy(stack, id, 'deadline:new')).toContain('Upvest was asked, and does not know the order');
  await viewWhen(stack, id, 'the end of the attention', ({ attention }) => attention.length === 0);
  stack.upvest.control.proceed(id);
  await inTruth(stack, reference, id);
});

it('the happy way asks nothing, and stays within the budget of 40 + 10 per request', async () => {
  const before = patient.upvest.control.deliveries().length;
  const { reference, id } = await place(patient);
  const { questions } = await inTruth(patient, reference, id);
  expect(questions).toEqual({ missed: 0, nothingNew: 0, failed: 0 });
  expect(questionsAbout(patient, id)).toEqual([]);
  const requests = patient.upvest.control.deliveries().length - before;
  const history = summarizeHistory(await historyOf(testClient(), portfolioOrderWorkflowId(id)));
  expect(new Set(history.activities)).toEqual(new Set(['emitOrderEvents']));
  expect(history.events).toBeLessThanOrEqual(40 + 10 * requests);
});
