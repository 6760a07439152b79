/** The tables of the records database as Kysely sees them; `migrations` makes them. */
import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';
import type { ImportedOrder } from '../app/ports/sweeps';
import type { SumRow } from '../domain/records/order-row';

/** Written as ISO 8601 UTC, read as `Date`. */
type Time = ColumnType<Date, string, string>;
type OptionalTime = ColumnType<Date | null, string | null | undefined, string | null>;
/** Decimal string both ways, never a float. */
type Decimal = ColumnType<string | null, string | null | undefined, string | null>;
type OptionalText = ColumnType<string | null, string | null | undefined, string | null>;

export interface OrdersTable {
  id: Generated<number>;
  reference: OptionalText;
  portfolio_order_id: OptionalText;
  version: Generated<number>;
  phase: string;
  origin: string;
  status: OptionalText;
  type: OptionalText;
  account_id: OptionalText;
  currency: OptionalText;
  post_tax: ColumnType<boolean | null, boolean | null | undefined, boolean | null>;
  ordered: Decimal;
  executed: Decimal;
  settled: Decimal;
  fees: Decimal;
  taxes: Decimal;
  sums: JSONColumnType<SumRow[], string | undefined>;
  attention: ColumnType<string[], string[] | undefined, string[]>;
  waiting_for: OptionalText;
  held: OptionalText;
  children: Generated<number>;
  children_final: Generated<number>;
  executions: Generated<number>;
  executions_settled: Generated<number>;
  executions_cancelled: Generated<number>;
  opened_at: Time;
  changed_at: Time;
  settlement_due: OptionalTime;
  settled_at: OptionalTime;
  finished_at: OptionalTime;
  pending_events: Generated<number>;
  pending_since: OptionalTime;
  upvest_error: OptionalText;
  upvest_failing_since: OptionalTime;
  esw_error: OptionalText;
  esw_failing_since: OptionalTime;
  next_try_at: OptionalTime;
  request_digest: OptionalText;
  submitter: OptionalText;
  requested_at: OptionalTime;
  placement_started_at: OptionalTime;
  placement: ColumnType<unknown, string | null | undefined, string | null>;
  placement_saved_at: OptionalTime;
  posted_at: OptionalTime;
  posted_by: OptionalText;
  deployment: OptionalText;
  saved_state: OptionalText;
}

export interface OrderChildrenTable {
  order_id: string;
  portfolio_order_id: string;
}

export interface OrderEventsTable {
  event_id: string;
  portfolio_order_id: string;
  status: string;
  order_id: OptionalText;
  execution_id: OptionalText;
  body: string;
  built_at: Time;
  outcome: OptionalText;
  answered_at: OptionalTime;
}

/** What makes a row of `records` or `decisions` a link of the chain. */
export interface Link {
  seq: number;
  content: OptionalText;
  /** Of `content`, in hexadecimal. */
  sha256: string;
  previous_hash: string;
  hash: string;
  /** Number of the decision that deleted `content`. */
  deleted_by: ColumnType<number | null, number | null | undefined, number | null>;
}

/** The last link; before the first, `seq` is 0. */
export interface ChainHeadTable {
  only_row: Generated<boolean>;
  seq: number;
  hash: string;
}

export interface RecordsTable extends Link {
  portfolio_order_id: string;
  version: number;
  reference: OptionalText;
  finished_at: Time;
}

export interface DecisionsTable extends Link {
  id: string;
  portfolio_order_id: OptionalText;
  reference: OptionalText;
  subject: string;
  rule: string;
  actor: OptionalText;
  reason: OptionalText;
  decided_at: Time;
}

export interface LegalHoldsTable {
  portfolio_order_id: string;
  actor: string;
  reason: string;
  since: Time;
}

/** Has one row while a recovery after a loss is under way. */
export interface RecoveryTable {
  only_row: Generated<boolean>;
  begun_at: Time;
  look_since: Time;
}

export interface SweepsTable {
  id: string;
  since: Time;
  until: Time;
  grace_ms: number;
  emit: OptionalText;
  is_dry_run: Generated<boolean>;
  started_at: Time;
  finished_at: OptionalTime;
}

export interface SweepOrdersTable {
  sweep_id: string;
  portfolio_order_id: string;
  is_suspect: boolean;
  is_changing: Generated<boolean>;
  /** An `ImportedOrder`. */
  imported: ColumnType<ImportedOrder | null, string | null | undefined, string | null>;
}

export interface BreaksTable {
  id: Generated<number>;
  sweep_id: string;
  /** Id of the order, or else the reference. */
  about: string;
  portfolio_order_id: OptionalText;
  reference: OptionalText;
  cause: string;
  subject: string;
  ours: OptionalText;
  theirs: OptionalText;
  text: string;
  repaired: OptionalText;
  found_at: Time;
  seen_at: Time;
  resolved_at: OptionalTime;
}

export interface RecordsTables {
  orders: OrdersTable;
  order_children: OrderChildrenTable;
  order_events: OrderEventsTable;
  records: RecordsTable;
  decisions: DecisionsTable;
  chain_head: ChainHeadTable;
  legal_holds: LegalHoldsTable;
  recovery: RecoveryTable;
  sweeps: SweepsTable;
  sweep_orders: SweepOrdersTable;
  breaks: BreaksTable;
}

export type OrdersRow = Selectable<OrdersTable>;
