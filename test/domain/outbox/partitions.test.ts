/** Which events of a batch may be on their way together (references/esw.md#order-of-events). */
import { positionsOf } from '../../../src/domain/outbox/partitions';
import { noEmission, type BuiltEvent, type Emission } from '../../../src/domain/outbox/outbox';
import { topicOf, type OrderEventTopic } from '../../../src/domain/order-event/topic';

const own = (status: string): OrderEventTopic => ({ status }) as OrderEventTopic;
const child = (orderId: string, status: string, executionId?: string): OrderEventTopic =>
  ({ status, orderId, ...(executionId !== undefined && { executionId }) }) as OrderEventTopic;

const built = (topics: OrderEventTopic[]): BuiltEvent[] =>
  topics.map((topic, index) => ({ ...topicOf(topic), id: `e-${index}`, body: '{}' }));

/** The batch as text: `|` where an event follows the answers to all before it. */
function together(batch: OrderEventTopic[], before: Partial<Emission> = {}): string {
  const emission = { ...noEmission('executions'), ...before, inFlight: built(batch) };
  return positionsOf(emission)
    .map(
      ({ partition = 'own', isBarrier }, index) =>
        `${isBarrier ? '| ' : ''}${partition}:${batch[index]?.status ?? ''}`,
    )
    .join(' ');
}

const KNOWN: Partial<Emission> = { accepted: [{ ...own('NEW'), id: 'e', at: '2026-03-02T09:00:00.000Z' }] };

it.each([
  [
    'the first event of the order goes before its children',
    [own('NEW'), child('a', 'NEW'), child('b', 'NEW')],
    {},
    'own:NEW | a:NEW b:NEW',
  ],
  ['so does one that is first seen late', [own('FILLED'), child('a', 'FILLED')], {}, 'own:FILLED | a:FILLED'],
  [
    'the order’s next status goes beside them',
    [own('NEW'), own('PROCESSING'), child('a', 'NEW')],
    {},
    'own:NEW | own:PROCESSING a:NEW',
  ],
  [
    'FILLED and the end follow the children',
    [child('a', 'FILLED'), child('a', 'SETTLED', 'x'), own('FILLED'), own('SETTLED')],
    KNOWN,
    'a:FILLED a:SETTLED | own:FILLED own:SETTLED',
  ],
  [
    'CANCELLED waits for no child',
    [own('CANCELLED'), child('a', 'CANCELLED')],
    KNOWN,
    'own:CANCELLED a:CANCELLED',
  ],
  [
    'a child’s event that is sent again after the end keeps its place',
    [own('FILLED'), child('a', 'NEW')],
    KNOWN,
    'own:FILLED | a:NEW',
  ],
  [
    'a rejected first event is no reason to wait',
    [own('PROCESSING'), child('a', 'NEW')],
    { refused: [{ ...own('NEW'), refusal: { message: 'no' } }] },
    'own:PROCESSING a:NEW',
  ],
] as [string, OrderEventTopic[], Partial<Emission>, string][])('%s', (_case, batch, before, expected) => {
  expect(together(batch, before)).toBe(expected);
});
