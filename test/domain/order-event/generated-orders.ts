/** For generated orders and any delivery order, every event that can be built passes the outgoing checks. */
import { assert, constantFrom, property } from 'fast-check';
import { isFinallySettled } from '../../../src/domain/order-event/close-out';
import { applyObservation } from '../../../src/domain/broker/apply-observation';
import { endFacts } from '../../../src/domain/order-event/correction';
import { childSteps } from '../../../src/domain/order-event/child-steps';
import type { Observation } from '../../../src/domain/broker/observation';
import { buildOrderEvent } from '../../../src/domain/order-event/build';
import { EVENT_DETAILS, type EventDetail, type OrderEventTopic } from '../../../src/domain/order-event/topic';
import { portfolioOrderLifecycle, type PortfolioOrderStatus } from '../../../src/domain/broker/status-tables';
import { emptyRecord, type PortfolioOrderRecord } from '../../../src/domain/broker/record';
import { reasonNotToSend, type EswOrderEvent } from '../../esw/outgoing-schema';
import { REFERENCE, settings, whole, WORKFLOW } from './built-events';
import { generateOrder, orderPlans, seeds } from '../generated-orders';
import { PORTFOLIO_ORDER } from '../samples';
import { reorderedBatches, withLosses } from '../calendar/schedules';

const recordOf = (observations: Observation[]): PortfolioOrderRecord =>
  observations.reduce(
    (record, observation) => applyObservation(record, observation).record,
    emptyRecord(PORTFOLIO_ORDER),
  );

function withoutFee(observation: Observation): Observation {
  if (observation.subject !== 'order') return observation;
  const { fee, ...rest } = observation;
  return rest;
}

/** All topics that the record has reached. */
function topicsOf(record: PortfolioOrderRecord, detail: EventDetail): OrderEventTopic[] {
  const own = portfolioOrderLifecycle.statuses.filter((status) => record.reached[status] !== undefined);
  const orders = detail === 'portfolio' ? [] : record.orders.filter(({ status }) => status !== undefined);
  return [
    ...own.map((status) => whole(status)),
    ...(isFinallySettled(record) ? [whole('CLOSED')] : []),
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

/** Checks the invariants of one event; returns its id. */
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

function evidenceKindOf(record: PortfolioOrderRecord, topic: OrderEventTopic): string | undefined {
  if (topic.orderId === undefined)
    return topic.status in record.reached
      ? record.reached[topic.status as PortfolioOrderStatus]?.by
      : 'snapshot';
  const order = record.orders.find(({ id }) => id === topic.orderId);
  if (topic.executionId === undefined) return order?.reached[topic.status]?.by;
  return order?.executions.find(({ id }) => id === topic.executionId)?.reached[topic.status]?.by;
}

/**
 * Declares the tests. Generated orders differ from run to run; a failure prints its seed.
 *
 * @param share of 140 generated orders
 */
export function orderEventInvariants(share: number): void {
  test.each(EVENT_DETAILS)('every event of a generated order may be sent: %s', (detail) => {
    assert(
      property(orderPlans, seeds, constantFrom(true, false), (plan, seed, isComplete) => {
        const { reported } = generateOrder(plan);
        const received = isComplete ? reported : withLosses(reported, seed);
        const record = recordOf(reorderedBatches(received, seed).flat());
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

  test('fees change no byte of any event, nor which events there are', () => {
    assert(
      property(orderPlans, (plan) => {
        const { reported } = generateOrder(plan);
        const [withFees, without] = [recordOf(reported), recordOf(reported.map(withoutFee))];
        const topics = topicsOf(withFees, 'executions');
        expect(topicsOf(without, 'executions')).toEqual(topics);
        for (const topic of topics)
          expect(buildOne(withFees, topic, 'executions')).toEqual(buildOne(without, topic, 'executions'));
        expect(endFacts(withFees)).toBe(endFacts(without));
      }),
      { numRuns: Math.round(40 * share) },
    );
  });

  test('the event of a status does not depend on later observations, except for sums, children and gaps', () => {
    const members = [
      'id',
      'brandOrderReference',
      'creationDateTime',
      'lastTransaction',
      'lastUpdateUser',
    ] as const;
    assert(
      property(orderPlans, (plan) => {
        const { reported } = generateOrder(plan);
        const half = recordOf(reported.slice(0, reported.length / 2));
        const later = recordOf(reported);
        for (const topic of topicsOf(half, 'executions')) {
          const isFromSnapshot = 'snapshot' === evidenceKindOf(half, topic);
          const [early, late] = [half, later].map(
            (record) => JSON.parse(buildOne(record, topic, 'executions').body) as EswOrderEvent,
          );
          for (const member of members) {
            // Direct evidence, which has another time, may replace the snapshot.
            if (isFromSnapshot && member === 'creationDateTime') continue;
            expect(late?.[member]).toEqual(early?.[member]);
          }
        }
      }),
      { numRuns: Math.round(20 * share) },
    );
  });
}
