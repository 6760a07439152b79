/** Compares one portfolio order as Upvest shows it with its state here, with its row, and with what ESW accepted. */
import type { PortfolioOrderObservation } from '../broker/observation';
import type { PortfolioOrderRecord, StatusEvidence } from '../broker/record';
import { rowOf } from '../broker/rows';
import {
  executionLifecycle,
  isKnown,
  orderLifecycle,
  portfolioOrderLifecycle,
  rank,
} from '../broker/status-tables';
import { topicKey, type OrderEventTopic } from '../order-event/topic';
import type { OrderState } from '../order-state/state';
import { nameOf } from '../outbox/outbox';
import { sameCurrency } from '../values/currency';
import { isDecimal, sameAmount } from '../values/decimal';
import { own } from '../values/own';
import type { Difference } from './break-causes';

/** Columns of the order's row. */
export interface RowFacts {
  status?: string;
  ordered?: string;
  currency?: string;
  accountId?: string;
  children: number;
}

/** Differences of one cause that are listed; the last one counts the rest. */
const MAX_LISTED = 20;

/** True while webhooks about the order's last change may still be under way. */
export function isChanging(
  { updatedAt, createdAt }: Pick<PortfolioOrderObservation, 'updatedAt' | 'createdAt'>,
  now: number,
  graceMs: number,
): boolean {
  const changed = [updatedAt, createdAt].flatMap((at) => (at === undefined ? [] : [Date.parse(at)]));
  return changed.some((at) => now - at < graceMs);
}

/** Everything that differs. What an operator closed is no longer compared: the decision has its evidence. */
export function differencesOf(
  theirs: PortfolioOrderObservation,
  state: OrderState,
  row: RowFacts | undefined,
  now: number,
  graceMs: number,
): Difference[] {
  const ofRow = row === undefined ? [] : differencesOfRow(row, state.record);
  if (state.closed !== undefined) return ofRow;
  return [
    ...differencesAtUpvest(theirs, state.record),
    ...differencesAtEsw(theirs, state, now, graceMs),
    ...ofRow,
  ];
}

/** Differences between Upvest's order and the record. */
export function differencesAtUpvest(
  theirs: PortfolioOrderObservation,
  record: PortfolioOrderRecord,
): Difference[] {
  return [
    ...statusDifference(theirs, record),
    ...termDifferences(theirs, record),
    ...limited(childDifferences(theirs, record)),
  ];
}

function statusDifference(
  { status: theirs }: PortfolioOrderObservation,
  { status, unknownStatuses = [] }: PortfolioOrderRecord,
): Difference[] {
  if (theirs === status || unknownStatuses.includes(theirs)) return [];
  const ours = status ?? 'no status';
  const text = `Upvest shows ${theirs}, and ${ours} is known here`;
  return [{ cause: 'STATUS_DIFFERS', subject: '', ours, theirs, text }];
}

function termDifferences(theirs: PortfolioOrderObservation, ours: PortfolioOrderRecord): Difference[] {
  const found: Difference[] = [];
  const compare = (
    cause: Difference['cause'],
    what: string,
    [here, there]: [string | undefined, string | undefined],
    isSame: (one: string, other: string) => boolean,
  ): void => {
    if (here === undefined || there === undefined || isSame(here, there)) return;
    const text = `Upvest shows the ${what} ${there}, and ${here} is known here`;
    found.push({ cause, subject: '', ours: here, theirs: there, text });
  };
  const sameNumber = (one: string, other: string): boolean =>
    isDecimal(one) && isDecimal(other) ? sameAmount(one, other) : one === other;
  compare('AMOUNT_DIFFERS', 'amount', [ours.cashAmount, theirs.cashAmount], sameNumber);
  compare('CURRENCY_DIFFERS', 'currency', [ours.currency, theirs.currency], sameCurrency);
  compare(
    'ACCOUNT_DIFFERS',
    'account',
    [ours.accountId, theirs.accountId],
    (one, other) => one.toLowerCase() === other.toLowerCase(),
  );
  return found;
}

/** Snapshots may list children late or not all of them (references/upvest.md#portfolio-order): an empty list says nothing. */
function childDifferences(theirs: PortfolioOrderObservation, record: PortfolioOrderRecord): Difference[] {
  const found: Difference[] = [];
  const listed = new Set<string>();
  for (const { id, status } of theirs.orders) {
    listed.add(id);
    const child = rowOf(record.orders, id);
    if (child === undefined) {
      const text = `Upvest lists the child order ${id} (${status}), which is not known here`;
      found.push({ cause: 'CHILD_MISSING', subject: id, theirs: status, text });
    } else if (child.status !== status && !child.unknownStatuses?.includes(status)) {
      const ours = child.status ?? 'no status';
      const text = `Upvest shows ${status} for the child order ${id}, and ${ours} is known here`;
      found.push({ cause: 'CHILD_STATUS_DIFFERS', subject: id, ours, theirs: status, text });
    }
  }
  if (listed.size === 0) return found;
  for (const { id, status = 'no status' } of record.orders) {
    if (listed.has(id)) continue;
    const text = `The child order ${id} (${status}) is not in the order at Upvest`;
    found.push({ cause: 'CHILD_UNKNOWN_AT_UPVEST', subject: id, ours: status, text });
  }
  return found;
}

/** Differences between what ESW accepted, and the statuses at Upvest. Nothing is due for an order that ESW is not to have. */
export function differencesAtEsw(
  theirs: PortfolioOrderObservation,
  state: OrderState,
  now: number,
  graceMs: number,
): Difference[] {
  if (state.imported?.emit === 'none') return [];
  return [...limited(missingAtEsw(state, now, graceMs)), ...limited(aheadAtEsw(theirs, state))];
}

/** Current statuses of the order and, as far as they are sent, of its children and executions. */
function missingAtEsw(state: OrderState, now: number, graceMs: number): Difference[] {
  const { emission } = state;
  const { accepted, skipped = [], refused } = emission;
  const done = new Set([...accepted, ...skipped].map(keyOf));
  const rejected = new Map(refused.map((one) => [keyOf(one), one]));
  const pending = new Set([...emission.inFlight, ...emission.retryQueue, ...emission.outbox].map(keyOf));
  const found: Difference[] = [...rejected.values()].map((one) => ({
    cause: 'NOT_AT_ESW' as const,
    subject: nameOf(one),
    theirs: one.status,
    text: `ESW rejected ${nameOf(one)}: ${one.refusal.message}`,
  }));
  for (const { topic, reached } of currentStatuses(state)) {
    const key = keyOf(topic);
    if (done.has(key) || rejected.has(key) || !isOlder(reached, now, graceMs)) continue;
    const why = pending.has(key) ? whyPending(state) : 'no event of it was made';
    const text = `Upvest reported ${nameOf(topic)} at ${reached?.at ?? 'an unknown time'}; ${why}`;
    found.push({ cause: 'NOT_AT_ESW', subject: nameOf(topic), theirs: topic.status, text });
  }
  return found;
}

function whyPending({ held, emission, placed, adoptedAt }: OrderState): string {
  if (held !== undefined) return `its event is held back (${held})`;
  if (placed === undefined && adoptedAt === undefined)
    return 'its event waits until it is known who placed the order';
  const { pause } = emission;
  return pause === undefined
    ? 'its event waits to be accepted'
    : `ESW takes nothing: ${pause.refusal.message}`;
}

interface CurrentStatus {
  topic: OrderEventTopic;
  reached: StatusEvidence | undefined;
}

function currentStatuses({ record, emission: { detail } }: OrderState): CurrentStatus[] {
  const all: CurrentStatus[] = [];
  if (record.status !== undefined)
    all.push({ topic: { status: record.status }, reached: own(record.reached, record.status) });
  if (detail === 'portfolio') return all;
  for (const { id: orderId, status, reached, executions } of record.orders) {
    if (status !== undefined) all.push({ topic: { status, orderId }, reached: own(reached, status) });
    if (detail !== 'executions') continue;
    for (const one of executions)
      if (one.status !== undefined)
        all.push({
          topic: { status: one.status, orderId, executionId: one.id },
          reached: own(one.reached, one.status),
        });
  }
  return all;
}

/** An execution of several orders has one event, of one of them. */
function keyOf(topic: OrderEventTopic): string {
  return topic.executionId === undefined ? topicKey(topic) : `execution/${topic.executionId}|${topic.status}`;
}

function isOlder(reached: StatusEvidence | undefined, now: number, graceMs: number): boolean {
  return reached === undefined || !(now - Date.parse(reached.at) < graceMs);
}

/** Events that ESW accepted, of statuses beyond the one that the order or the child has at Upvest. */
function aheadAtEsw(theirs: PortfolioOrderObservation, { emission, record }: OrderState): Difference[] {
  const children = new Map(theirs.orders.map(({ id, status }) => [id, status]));
  return emission.accepted.flatMap((event): Difference[] => {
    const { orderId, executionId, status } = event;
    if (executionId !== undefined) {
      const order = rowOf(record.orders, orderId);
      const execution = order && rowOf(order.executions, executionId);
      return execution && rank(executionLifecycle, execution.status) < rank(executionLifecycle, status)
        ? [aheadOf(event, execution.status)]
        : [];
    }
    const theirStatus = orderId === undefined ? theirs.status : children.get(orderId);
    if (theirStatus === undefined) return [];
    const lifecycle = orderId === undefined ? portfolioOrderLifecycle : orderLifecycle;
    const isComparable = isKnown<string>(lifecycle, status) && isKnown<string>(lifecycle, theirStatus);
    return isComparable && rank<string>(lifecycle, status) > rank<string>(lifecycle, theirStatus)
      ? [aheadOf(event, theirStatus)]
      : [];
  });
}

function aheadOf(event: OrderEventTopic, theirs = 'no status'): Difference {
  const name = nameOf(event);
  const text = `ESW accepted ${name}, and Upvest shows ${theirs}`;
  return { cause: 'ONLY_AT_ESW', subject: name, ours: event.status, theirs, text };
}

/** Differences between the columns of the row and the order that it is the row of. */
export function differencesOfRow(row: RowFacts, record: PortfolioOrderRecord): Difference[] {
  const ordered =
    record.cashAmount !== undefined && isDecimal(record.cashAmount) ? record.cashAmount : undefined;
  const pairs: [what: string, inRow: string | undefined, inRecord: string | undefined][] = [
    ['status', row.status, record.status],
    ['currency', row.currency, record.currency],
    ['account', row.accountId, record.accountId],
    ['number of children', String(row.children), String(record.orders.length)],
  ];
  if (ordered !== undefined && (row.ordered === undefined || !sameAmount(row.ordered, ordered)))
    pairs.push(['amount', row.ordered, ordered]);
  return pairs
    .filter(([, inRow, inRecord]) => inRecord !== undefined && inRow !== inRecord)
    .map(([what, inRow = 'none', inRecord = 'none']) => ({
      cause: 'ROW_BEHIND' as const,
      subject: what,
      ours: inRow,
      theirs: inRecord,
      text: `The row has the ${what} ${inRow}, and the order itself has ${inRecord}`,
    }));
}

/** An order may have thousands of children: of each cause, the last one that is listed counts the rest. */
function limited(differences: Difference[]): Difference[] {
  const counts = new Map<string, number>();
  for (const { cause } of differences) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const seen = new Map<string, number>();
  return differences.flatMap((one) => {
    const number = (seen.get(one.cause) ?? 0) + 1;
    seen.set(one.cause, number);
    if (number > MAX_LISTED) return [];
    const more = (counts.get(one.cause) ?? 0) - MAX_LISTED;
    return number === MAX_LISTED && more > 0 ? [{ ...one, text: `${one.text}; and ${more} more` }] : [one];
  });
}
