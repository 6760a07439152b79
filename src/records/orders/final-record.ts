/** The final record of a finished order: all of it, in one canonical text. */
import type { Transaction } from 'kysely';
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';
import type { OrderState } from '../../domain/order-state/state';
import { timelineOf, type TimelineEntry } from '../../domain/views/timeline';
import { canonicalJson } from '../canonical-json';
import type { NewDecisionRow, NewRecord } from '../chain/append';
import type { StoredDecision } from '../chain/decisions';
import type { RecordsTables } from '../tables';
import { recordedEvents, type RecordedEvent } from './events';
import type { Request } from './save-row';

/** The content of a row of `records`. An auditor reads it without this program: names are an API. */
export interface FinalRecord extends Request {
  format: 1;
  portfolioOrderId: string;
  /** 1, and one more each time that the order finishes again. */
  version: number;
  reference?: string;
  /** SETTLED or CANCELLED; another status, or UNKNOWN, only if an operator closed it. */
  outcome: string;
  /** ISO 8601 UTC. */
  openedAt: string;
  /** ISO 8601 UTC. */
  finishedAt: string;
  deployment?: string;
  /** Without user ids. */
  state: OrderState;
  settings: PortfolioOrderSettings;
  timeline: TimelineEntry[];
  /** Oldest first. */
  decisions: StoredDecision[];
  events: RecordedEvent[];
}

export interface Finish {
  state: OrderState;
  settings: PortfolioOrderSettings;
  /** ISO 8601 UTC. */
  finishedAt: string;
  request: Request;
  /** Decisions that are stored with it. */
  decisions: readonly NewDecisionRow[];
}

/** @returns undefined if the record of this finish is stored already */
export async function finalRecord(
  transaction: Transaction<RecordsTables>,
  { state, settings, finishedAt, request, decisions }: Finish,
): Promise<NewRecord | undefined> {
  const { portfolioOrderId } = state.record;
  const finished = await transaction
    .selectFrom('records')
    .select(['version', 'finished_at'])
    .where('portfolio_order_id', '=', portfolioOrderId)
    .execute();
  if (finished.some(({ finished_at }) => finished_at.toISOString() === finishedAt)) return undefined;
  const version = 1 + Math.max(0, ...finished.map((one) => one.version));
  const reference = state.placed?.reference;
  const content: FinalRecord = {
    format: 1,
    portfolioOrderId,
    version,
    ...(reference !== undefined && { reference }),
    ...request,
    outcome: state.record.status ?? 'UNKNOWN',
    openedAt: new Date(state.startedAt).toISOString(),
    finishedAt,
    ...(settings.deployment !== undefined && { deployment: settings.deployment }),
    state,
    settings,
    timeline: timelineOf(state),
    decisions: [...(await storedDecisions(transaction, portfolioOrderId)), ...decisions.map(contentOf)],
    events: await recordedEvents(transaction, portfolioOrderId, state.emission),
  };
  return {
    table: 'records',
    portfolio_order_id: portfolioOrderId,
    version,
    reference: reference ?? null,
    finished_at: finishedAt,
    content: canonicalJson(content),
  };
}

async function storedDecisions(
  transaction: Transaction<RecordsTables>,
  portfolioOrderId: string,
): Promise<StoredDecision[]> {
  const rows = await transaction
    .selectFrom('decisions')
    .select('content')
    .where('portfolio_order_id', '=', portfolioOrderId)
    .orderBy('seq')
    .execute();
  return rows.flatMap(({ content }) => (content === null ? [] : [contentOf({ content })]));
}

function contentOf({ content }: { content: string }): StoredDecision {
  return JSON.parse(content) as StoredDecision;
}
