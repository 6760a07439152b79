/** Legal holds: records of these orders are kept beyond the retention period. */
import type { Kysely, Transaction } from 'kysely';
import { portfolioOrderWorkflowId } from '../../../contracts/portfolio-order';
import type { Decision } from '../../domain/values/decision';
import { inOneSpelling } from '../../domain/values/uuid';
import { appendToChain } from '../chain/append';
import { decisionRow } from '../chain/decisions';
import type { RecordsTables } from '../tables';
import { lockRetention } from './retention-lock';

export interface Hold extends Decision {
  portfolioOrderId: string;
  /** ISO 8601 UTC. */
  since: string;
}

export type HoldOutcome =
  | { kind: 'held' | 'released'; hold: Hold }
  | { kind: 'held-already'; hold: Hold }
  | { kind: 'not-held'; portfolioOrderId: string }
  /** No order is stored under that name. */
  | { kind: 'unknown' };

/**
 * Keeps an order's records until they are released; the decision becomes a link of the chain.
 *
 * @param name reference or portfolio order id
 */
export async function holdOrder(
  db: Kysely<RecordsTables>,
  name: string,
  decision: Decision,
): Promise<HoldOutcome> {
  return withOrder(db, name, async (transaction, portfolioOrderId, present) => {
    if (present !== undefined) return { kind: 'held-already', hold: present };
    const { actor, reason } = decision;
    const hold: Hold = { portfolioOrderId, actor, reason, since: new Date().toISOString() };
    await transaction
      .insertInto('legal_holds')
      .values({ portfolio_order_id: portfolioOrderId, actor, reason, since: hold.since })
      .execute();
    await decide(transaction, 'records:hold', hold);
    return { kind: 'held', hold };
  });
}

/** Ends a hold. @param name reference or portfolio order id */
export async function releaseOrder(
  db: Kysely<RecordsTables>,
  name: string,
  decision: Decision,
): Promise<HoldOutcome> {
  return withOrder(db, name, async (transaction, portfolioOrderId, present) => {
    if (present === undefined) return { kind: 'not-held', portfolioOrderId };
    await transaction.deleteFrom('legal_holds').where('portfolio_order_id', '=', portfolioOrderId).execute();
    const { actor, reason } = decision;
    await decide(transaction, 'records:release', {
      portfolioOrderId,
      actor,
      reason,
      since: new Date().toISOString(),
    });
    return { kind: 'released', hold: present };
  });
}

type Work = (
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
  present: Hold | undefined,
) => Promise<HoldOutcome>;

function withOrder(db: Kysely<RecordsTables>, name: string, work: Work): Promise<HoldOutcome> {
  return db.transaction().execute(async (transaction) => {
    await lockRetention(transaction);
    const portfolioOrderId = await idOf(transaction, name);
    if (portfolioOrderId === undefined) return { kind: 'unknown' };
    const row = await transaction
      .selectFrom('legal_holds')
      .selectAll()
      .where('portfolio_order_id', '=', portfolioOrderId)
      .executeTakeFirst();
    const present = row && { ...row, portfolioOrderId, since: row.since.toISOString() };
    return work(transaction, portfolioOrderId, present && holdOf(present));
  });
}

function holdOf({ portfolioOrderId, actor, reason, since }: Hold): Hold {
  return { portfolioOrderId, actor, reason, since };
}

/** Also of an order whose row is gone. */
async function idOf(transaction: Transaction<RecordsTables>, name: string): Promise<string | undefined> {
  const id = inOneSpelling(name);
  const row = await transaction
    .selectFrom('orders')
    .select('portfolio_order_id')
    .where('portfolio_order_id', 'is not', null)
    .where((eb) => eb.or([eb('portfolio_order_id', '=', id), eb('reference', '=', name)]))
    .union(
      transaction
        .selectFrom('records')
        .select('portfolio_order_id')
        .where((eb) => eb.or([eb('portfolio_order_id', '=', id), eb('reference', '=', name)])),
    )
    .executeTakeFirst();
  return row?.portfolio_order_id ?? undefined;
}

async function decide(
  transaction: Transaction<RecordsTables>,
  rule: 'records:hold' | 'records:release',
  { portfolioOrderId, actor, reason, since: decidedAt }: Hold,
): Promise<void> {
  const subject = portfolioOrderWorkflowId(portfolioOrderId);
  await appendToChain(transaction, [
    decisionRow({ subject, portfolioOrderId, rule, actor, reason, decidedAt, facts: {} }),
  ]);
}
