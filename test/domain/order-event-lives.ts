/** Whatever a broker does and in whichever order it is told: every event that can be built may be sent. */
import { assert, constantFrom, property } from 'fast-check';
import { isClosedOut } from '../../src/domain/closing';
import { changeRecord } from '../../src/domain/apply-observation';
import { childSteps } from '../../src/domain/child-steps';
import type { Observation } from '../../src/domain/observation';
import { buildOrderEvent } from '../../src/domain/order-event';
import { EVENT_DETAILS, type EventDetail, type OrderEventTopic } from '../../src/domain/order-event-topic';
import { portfolioOrderLifecycle } from '../../src/domain/lifecycle';
import { emptyRecord, type PortfolioOrderRecord } from '../../src/domain/record';
import { reasonNotToSend, type EswOrderEvent } from '../../src/esw/order-event';
import { REFERENCE, settings, whole, WORKFLOW } from './built-events';
import { live, lives, seeds } from './lives';
import { PORTFOLIO_ORDER } from './samples';
import { otherwise, withLosses } from './schedules';

const recordOf = (observations: Observation[]): PortfolioOrderRecord =>
  observations.reduce(
    (record, observation) => changeRecord(record, observation).record,
    emptyRecord(PORTFOLIO_ORDER),
  );

/** Everything that ESW can be told of the record. */
function topicsOf(record: PortfolioOrderRecord, detail: EventDetail): OrderEventTopic[] {
  const own = portfolioOrderLifecycle.statuses.filter((status) => record.reached[status] !== undefined);
  const orders = detail === 'portfolio' ? [] : record.orders.filter(({ status }) => status !== undefined);
  return [
    ...own.map((status) => whole(status)),
    ...(isClosedOut(record) ? [whole('CLOSED')] : []),
    ...orders.flatMap((order) => childSteps(order, detail === 'executions').map(({ topic }) => topic)),
  ];
}

const buildOne = (record: PortfolioOrderRecord, topic: OrderEventTopic, detail: EventDetail) =>
  buildOrderEvent({
    record,
    topic,
    brandOrderReference: REFERENCE,
    workflowId: WORKFLOW,
    settings: { ...settings, detail, deliveryCountryIso: 'DE', channelId: 'WEB-DE', sendsUserId: true },
    placed: { side: 'BUY', userId: 'user-1', eswOrderReference: 'ESW-17' },
  });

/** What holds for every event; returns its id. */
function check(record: PortfolioOrderRecord, topic: OrderEventTopic, detail: EventDetail): string {
  const { id, body } = buildOne(record, topic, detail);
  expect(reasonNotToSend(id, body)).toBeUndefined();

  const event = JSON.parse(body) as EswOrderEvent;
  const { orderTransactions, lastTransaction, creationDateTime, lastUpdateDateTime } = event;
  expect(lastTransaction.id).toBe(orderTransactions.at(-1)?.id);
  expect(creationDateTime).toBe(orderTransactions.at(-1)?.retailerTransactionDateTime);
  expect(lastUpdateDateTime >= creationDateTime).toBe(true);
  expect(new Set(orderTransactions.map((one) => one.id)).size).toBe(orderTransactions.length);
  expect(body).not.toMatch(/null|:""|\[\]|\{\}/);
  return id;
}

function proofOf(record: PortfolioOrderRecord, topic: OrderEventTopic): string | undefined {
  if (topic.subject === 'portfolio-order')
    return topic.status === 'CLOSED' ? 'snapshot' : record.reached[topic.status]?.by;
  const order = record.orders.find(({ id }) => id === topic.orderId);
  if (topic.subject === 'order') return order?.reached[topic.status]?.by;
  return order?.executions.find(({ id }) => id === topic.executionId)?.reached[topic.status]?.by;
}

/**
 * Declares the tests. Lives differ from run to run; a failure names its seed.
 *
 * @param share of 140 generated lives
 */
export function orderEventLives(share: number): void {
  test.each(EVENT_DETAILS)('every event of a generated life may be sent: %s', (detail) => {
    assert(
      property(lives, seeds, constantFrom(true, false), (plan, seed, isComplete) => {
        const { told } = live(plan);
        const heard = isComplete ? told : withLosses(told, seed);
        const record = recordOf(otherwise(heard, seed).flat());
        const topics = topicsOf(record, detail);
        const ids = topics.map((topic) => check(record, topic, detail));
        const [first] = topics;
        if (first)
          expect(buildOne(structuredClone(record), first, detail)).toEqual(buildOne(record, first, detail));
        expect(new Set(ids).size).toBe(topics.length);
      }),
      { numRuns: Math.round(40 * share) },
    );
  });

  test('what was told of a status does not depend on what came after it, but for sums, children and gaps', () => {
    const members = [
      'id',
      'brandOrderReference',
      'creationDateTime',
      'lastTransaction',
      'lastUpdateUser',
    ] as const;
    assert(
      property(lives, (plan) => {
        const { told } = live(plan);
        const half = recordOf(told.slice(0, told.length / 2));
        const later = recordOf(told);
        for (const topic of topicsOf(half, 'executions')) {
          const isByHearsay = 'snapshot' === proofOf(half, topic);
          const [early, late] = [half, later].map(
            (record) => JSON.parse(buildOne(record, topic, 'executions').body) as EswOrderEvent,
          );
          for (const member of members) {
            // Hearsay gives way to the first direct proof, which has another time.
            if (isByHearsay && member === 'creationDateTime') continue;
            expect(late?.[member]).toEqual(early?.[member]);
          }
        }
      }),
      { numRuns: Math.round(20 * share) },
    );
  });
}
