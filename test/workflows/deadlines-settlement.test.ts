/** FILLED → SETTLED: the broker's own date decides when it is asked. */
import type { Stack } from '../../src/cli/dev-stack';
import type { DeadlinePolicies } from '../../src/domain/policies';
import { finished, startTestStack, statusesAtEsw, until } from '../support/stack';
import { closeTemporal } from '../support/temporal';
import {
  EVERY_STATE,
  expectEachOnceAtEsw,
  FAR_DEADLINES,
  place,
  questionsAbout,
  toldBy,
  viewWhen,
} from '../support/orders';
import { recordOf, truthOf } from '../support/truth';

const SETTLEMENT = {
  ...FAR_DEADLINES,
  settlement: { cycles: [{ days: 2 }], time: '18:00', attentionAfter: { tradingDays: 2 } },
} satisfies Partial<DeadlinePolicies>;
/** Here only the settlement's deadline asks, and once: a question that should not be is seen, however slow the machine. */
let stack: Stack;
/** Here it asks again and again. */
let insistent: Stack;
beforeAll(async () => {
  [stack, insistent] = await Promise.all([
    startTestStack({ deadlines: SETTLEMENT }),
    startTestStack({
      deadlines: {
        ...SETTLEMENT,
        // A question may be answered while all of it settles: half of the answer is old then.
        parts: { askAfterMs: 400, attentionAfter: { ms: 600_000 } },
        // The pace of repeated questions.
        processing: { askAfterMs: 400, attentionAfter: { ms: 600_000 } },
        slowestMs: 1_000,
      },
    }),
  ]);
});
afterAll(async () => {
  await Promise.all([stack.stop(), insistent.stop()]);
  await closeTemporal();
});

const day = (fromToday: number): string =>
  new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10);
const FAR = day(40);

async function filled(stack: Stack, settlementDate: string) {
  const placed = await place(stack, { scenario: 'WAITS_IN_FILLED', settlementDate });
  await viewWhen(stack, placed.id, 'FILLED', ({ status, progress }) => {
    return status === 'FILLED' && progress.executions === 5;
  });
  return placed;
}

/** The view once settlement is all that the order waits for: what is told of its parts may come after its own word. */
function waitsForSettlement(stack: Stack, id: string) {
  return viewWhen(stack, id, 'the one wait', ({ waits }) => {
    return waits.length === 1 && waits[0]?.rule === 'deadline:settlement';
  });
}

async function settles(stack: Stack, reference: string, id: string): Promise<void> {
  stack.upvest.control.proceed(id);
  const { order } = await finished(stack, reference);
  expect(recordOf(order)).toEqual(truthOf(stack, id));
  expect(order.attention).toEqual([]);
  expectEachOnceAtEsw(stack, reference, EVERY_STATE);
}

it('is asked at the end of the settlement day, not before, and the day can be searched for', async () => {
  const { reference, id } = await filled(stack, FAR);
  const {
    waits: [wait],
  } = await waitsForSettlement(stack, id);
  // 18:00 in Berlin, in winter or in summer.
  expect([`${FAR}T17:00:00.000Z`, `${FAR}T16:00:00.000Z`]).toContain(wait?.asksAt);
  expect(Date.parse(wait?.attentionAt ?? '')).toBeGreaterThan(Date.parse(wait?.asksAt ?? ''));
  const query = `PortfolioOrderId = '${id}' AND SettlementDue >= '${FAR}T16:00:00Z'`;
  await until('visibility', async () => (await stack.client.workflow.count(query)).count === 1);
  await until('ESW to know', () => statusesAtEsw(stack, reference).length === 3);
  expect(questionsAbout(stack, id)).toEqual([]);
  await settles(stack, reference, id);
  expect(questionsAbout(stack, id)).toEqual([]);
});

it('of yesterday and before: asked at once, ever more rarely, and a human is told', async () => {
  const { reference, id } = await filled(insistent, day(-10));
  const overdue = await viewWhen(insistent, id, 'overdue', ({ attention, waits }) => {
    return attention.length > 0 && (waits[0]?.asked ?? 0) > 1;
  });
  expect(overdue.attention).toEqual(['SETTLEMENT_OVERDUE']);
  expect(overdue.questions).toMatchObject({ missed: 0, failed: 0 });
  await settles(insistent, reference, id);
});

it('that was missed is found by the question', async () => {
  const { reference, id, accountId } = await filled(insistent, day(-10));
  insistent.upvest.control.configureAccount(accountId, { webhooks: 'none' });
  await settles(insistent, reference, id);
  const told = await Promise.all(
    ['deadline:settlement', 'deadline:parts'].map((rule) => toldBy(insistent, id, rule)),
  );
  expect(told.flat().join()).toMatch(/no webhook had: .*SETTLED/);
});

describe('a changed date', () => {
  it.each(['order', 'execution'] as const)(
    'told by an event of the %s arms the deadline anew',
    async (told) => {
      const { reference, id } = await filled(stack, FAR);
      const later = day(60);
      stack.upvest.control.changeSettlementDate(id, later, told);
      const rearmed = await viewWhen(stack, id, 'the later date', ({ waits }) => {
        return waits[0]?.asksAt.startsWith(later) === true;
      });
      expect(rearmed.waits).toHaveLength(1);
      expect(questionsAbout(stack, id)).toEqual([]);

      stack.upvest.control.changeSettlementDate(id, day(-1), told);
      await until('the question', () => questionsAbout(stack, id).length > 0);
      await settles(stack, reference, id);
    },
  );

  it('that only a question finds, puts the next question off', async () => {
    const { reference, id } = await filled(insistent, day(-1));
    insistent.upvest.control.changeSettlementDate(id, FAR, 'nothing');
    const view = await viewWhen(insistent, id, 'the later date', ({ waits }) => {
      return waits[0]?.asksAt.startsWith(FAR) === true;
    });
    expect(view.waits).toMatchObject([{ rule: 'deadline:settlement', asked: 0, overdue: false }]);
    expect(view.attention).toEqual([]);
    await settles(insistent, reference, id);
  });
});

it('without a date of the broker: the trading days of the market, from the trade on', async () => {
  const { reference, id } = await filled(stack, 'none');
  const view = await waitsForSettlement(stack, id);
  const asksAt = new Date(view.waits[0]?.asksAt ?? '');
  expect(asksAt.getTime() - Date.now()).toBeGreaterThan(86_400_000);
  expect([1, 2, 3, 4, 5]).toContain(asksAt.getUTCDay());
  expect(questionsAbout(stack, id)).toEqual([]);
  await settles(stack, reference, id);
});
