/** Decisions of people, as rows of the chain. */
import type { Transaction } from 'kysely';
import { canonicalJson } from '../canonical-json';
import type { RecordsTables } from '../tables';
import type { NewDecisionRow } from './append';
import { sha256 } from './links';

export interface DecisionToStore {
  /** Id of the workflow or of what else took it. */
  subject: string;
  portfolioOrderId?: string;
  reference?: string;
  /** Id of the action, such as `operator:close`. */
  rule: string;
  /** The name of the token, or `actor (token)`. */
  actor: string;
  reason?: string;
  /** ISO 8601 UTC. */
  decidedAt: string;
  /** What else tells it from another one. */
  facts: Readonly<Record<string, unknown>>;
  /** What belongs to it as well, and may be known later than it. */
  evidence?: Readonly<Record<string, unknown>>;
}

/** The content of a row of `decisions`. */
export interface StoredDecision extends Omit<DecisionToStore, 'facts' | 'evidence'> {
  format: 1;
  id: string;
  /** Name of the API token, verified; the rest of `actor` is what its user gave. */
  token: string;
  [more: string]: unknown;
}

/** The same decision always becomes the same row, whenever it is stored. */
export function decisionRow(decision: DecisionToStore): NewDecisionRow {
  const { subject, portfolioOrderId, reference, rule, actor, reason, facts, evidence } = decision;
  const decidedAt = new Date(decision.decidedAt).toISOString();
  const id = sha256(canonicalJson([subject, rule, actor, reason ?? null, decidedAt, facts]));
  const content: StoredDecision = {
    ...evidence,
    ...facts,
    format: 1,
    id,
    subject,
    ...(portfolioOrderId !== undefined && { portfolioOrderId }),
    ...(reference !== undefined && { reference }),
    rule,
    actor,
    token: tokenOf(actor),
    ...(reason !== undefined && { reason }),
    decidedAt,
  };
  return {
    table: 'decisions',
    id,
    portfolio_order_id: portfolioOrderId ?? null,
    reference: reference ?? null,
    subject,
    rule,
    actor,
    reason: reason ?? null,
    decided_at: decidedAt,
    content: canonicalJson(content),
  };
}

/** As `withActor` (`src/app/actor.ts`) puts them together. */
function tokenOf(actor: string): string {
  return /\(([^()]*)\)$/.exec(actor)?.[1] ?? actor;
}

/** Those that are not stored yet. */
export async function newDecisions(
  transaction: Transaction<RecordsTables>,
  rows: readonly NewDecisionRow[],
): Promise<NewDecisionRow[]> {
  if (rows.length === 0) return [];
  const unique = new Map(rows.map((row) => [row.id, row]));
  const stored = await transaction
    .selectFrom('decisions')
    .select('id')
    .where('id', 'in', [...unique.keys()])
    .execute();
  for (const { id } of stored) unique.delete(id);
  return [...unique.values()];
}
