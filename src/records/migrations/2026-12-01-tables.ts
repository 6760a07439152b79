/** The tables of the records database, with an index for each filter and order of the list. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table orders (
      id bigint generated always as identity primary key,
      -- In the order of bytes, as searches by the beginning need it.
      reference text collate "C" unique,
      portfolio_order_id text collate "C" unique,
      -- Grows with each save of the order's workflow; 0 while the order has none.
      version bigint not null default 0,
      phase text not null,
      origin text not null,
      status text,
      type text,
      account_id text collate "C",
      currency text,
      post_tax boolean,
      -- Sums over the executions in the order's currency, both sides; sums has those of every currency and side.
      ordered numeric,
      executed numeric,
      settled numeric,
      fees numeric,
      taxes numeric,
      sums jsonb not null default '[]',
      attention text[] not null default '{}',
      waiting_for text,
      held text,
      children integer not null default 0,
      children_final integer not null default 0,
      executions integer not null default 0,
      executions_settled integer not null default 0,
      executions_cancelled integer not null default 0,
      opened_at timestamptz not null,
      changed_at timestamptz not null,
      settlement_due timestamptz,
      settled_at timestamptz,
      finished_at timestamptz,
      pending_events integer not null default 0,
      pending_since timestamptz,
      upvest_error text,
      upvest_failing_since timestamptz,
      esw_error text,
      esw_failing_since timestamptz,
      next_try_at timestamptz,
      -- Of orders that were placed here.
      request_digest text,
      submitter text,
      requested_at timestamptz,
      placement_started_at timestamptz,
      -- The placement as it is shown, without the user id; json keeps the order of members. When it was so.
      placement json,
      placement_saved_at timestamptz,
      -- The last POST of the placement: when it began, and which attempt of which activity and run it was.
      posted_at timestamptz,
      posted_by text,
      deployment text,
      -- The workflow's state and settings, from which a new run goes on.
      saved_state text,
      check (reference is not null or portfolio_order_id is not null),
      -- Lists count on it: orders without this time are the open ones.
      check (finished_at is null or phase in ('FINISHED', 'REFUSED', 'NOT_PLACED')),
      check (finished_at is not null or phase not in ('REFUSED', 'NOT_PLACED'))
    )`.execute(db);
  // Of placements whose orders have no row of their own.
  await sql`create index orders_placements on orders (account_id, ordered) where version = 0`.execute(db);
  await sql`create index orders_placed on orders ((placement->>'portfolioOrderId')) where version = 0`.execute(
    db,
  );
  await sql`
    create index orders_unstarted on orders (requested_at)
    where version = 0 and placement_started_at is null`.execute(db);
  await createListIndexes(db);
  await sql`
    create table order_children (
      order_id text collate "C" primary key,
      portfolio_order_id text not null
    )`.execute(db);
  await sql`create index order_children_portfolio_order_id on order_children (portfolio_order_id)`.execute(
    db,
  );
  await sql`
    create table order_events (
      event_id text primary key,
      portfolio_order_id text not null,
      -- Status, and the child order and execution where it is theirs.
      status text not null,
      order_id text,
      execution_id text,
      -- The bytes that are sent, unchanged on every attempt.
      body text not null,
      built_at timestamptz not null,
      outcome text,
      answered_at timestamptz
    )`.execute(db);
  await sql`create index order_events_portfolio_order_id on order_events (portfolio_order_id)`.execute(db);
  // One chain over both tables: seq, previous_hash and hash continue from one to the other.
  await sql`
    create table records (
      seq bigint primary key,
      portfolio_order_id text not null,
      -- 1, and one more each time that the order finishes again after a reopen.
      version integer not null,
      reference text,
      finished_at timestamptz not null,
      -- Canonical JSON (RFC 8785); null once deleted after the retention period.
      content text,
      sha256 text not null,
      previous_hash text not null,
      hash text not null,
      -- Number of the decision that deleted the content.
      deleted_by bigint,
      unique (portfolio_order_id, version),
      unique (portfolio_order_id, finished_at)
    )`.execute(db);
  await sql`create index records_finished_at on records (finished_at)`.execute(db);
  await sql`create index records_reference on records (reference) where reference is not null`.execute(db);
  await sql`
    create table decisions (
      seq bigint primary key,
      -- Digest of the decision's facts: a decision that is saved again is the same row.
      id text not null unique,
      -- Null for a decision about no portfolio order, such as one about a parked event.
      portfolio_order_id text,
      reference text,
      -- Id of the workflow that took it.
      subject text not null,
      rule text not null,
      actor text,
      reason text,
      decided_at timestamptz not null,
      -- Canonical JSON of all of it, evidence included; null once deleted with the records of the order.
      content text,
      sha256 text not null,
      previous_hash text not null,
      hash text not null,
      deleted_by bigint
    )`.execute(db);
  await sql`create index decisions_decided_at on decisions (decided_at desc, seq desc)`.execute(db);
  await sql`create index decisions_actor on decisions (actor, decided_at desc)`.execute(db);
  await sql`create index decisions_portfolio_order_id on decisions (portfolio_order_id)`.execute(db);
  // Number and hash of the last link; who appends holds the lock of its one row.
  await sql`
    create table chain_head (
      only_row boolean primary key default true check (only_row),
      seq bigint not null,
      hash text not null
    )`.execute(db);
  await sql`insert into chain_head (seq, hash) values (0, ${'0'.repeat(64)})`.execute(db);
  // Orders whose records are kept beyond the retention period.
  await sql`
    create table legal_holds (
      portfolio_order_id text primary key,
      actor text not null,
      reason text not null,
      since timestamptz not null
    )`.execute(db);
  // Has its one row while a recovery after a loss is under way.
  await sql`
    create table recovery (
      only_row boolean primary key default true check (only_row),
      begun_at timestamptz not null,
      -- New requests look for their orders at Upvest since then, before they POST.
      look_since timestamptz not null
    )`.execute(db);
  await createSweepTables(db);
}

/** Comparisons with Upvest and ESW, and what differed. */
async function createSweepTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sweeps (
      id text primary key,
      since timestamptz not null,
      until timestamptz not null,
      grace_ms bigint not null,
      -- Of an import: what ESW is sent.
      emit text,
      is_dry_run boolean not null default false,
      started_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db);
  await sql`create index sweeps_until on sweeps (until) where finished_at is not null and emit is null`.execute(
    db,
  );
  // Orders of a sweep; those of comparisons are deleted once a later one has ended.
  await sql`
    create table sweep_orders (
      sweep_id text not null,
      portfolio_order_id text collate "C" not null,
      is_suspect boolean not null,
      is_changing boolean not null default false,
      imported jsonb,
      primary key (sweep_id, portfolio_order_id)
    )`.execute(db);
  await sql`create index sweep_orders_suspect on sweep_orders (sweep_id, portfolio_order_id) where is_suspect`.execute(
    db,
  );
  await sql`
    create table breaks (
      id bigint generated always as identity primary key,
      -- The latest sweep that found it.
      sweep_id text not null,
      -- Id of the portfolio order, or the reference of a placement without one.
      about text not null,
      portfolio_order_id text,
      reference text,
      cause text not null,
      -- What differs within the order; empty for the order itself.
      subject text not null,
      ours text,
      theirs text,
      text text not null,
      -- What the sweep did about it.
      repaired text,
      found_at timestamptz not null,
      seen_at timestamptz not null,
      resolved_at timestamptz
    )`.execute(db);
  await sql`create unique index breaks_open on breaks (about, cause, subject) where resolved_at is null`.execute(
    db,
  );
  await sql`create index breaks_seen on breaks (seen_at desc, id desc)`.execute(db);
  await sql`create index breaks_sweep on breaks (sweep_id)`.execute(db);
  await sql`create index breaks_reference on breaks (reference) where reference is not null`.execute(db);
}

/**
 * An index for each filter and sort of the list. Each ends with columns that filter often: rows that do not match are then
 * skipped in the index, and most counts read no table. `npm run bench:records` measures them.
 */
async function createListIndexes(db: Kysely<unknown>): Promise<void> {
  const indexes = [
    // The list without filters: open orders, newest first, then finished ones.
    `orders_open on orders (opened_at, id, status, type, phase) where finished_at is null`,
    `orders_finished on orders (finished_at, id, status, type, phase) where finished_at is not null`,
    `orders_opened on orders (opened_at, id, status, type)`,
    `orders_changed on orders (changed_at, id, status, type)`,
    `orders_settled on orders (settled_at, id, status, type, ordered) where settled_at is not null`,
    `orders_ordered on orders (ordered, id, status, type)`,
    `orders_account on orders (account_id, finished_at, id, status, type)`,
    // Values that few finished orders have; the others are found at once in the order of the list.
    `orders_status on orders (status, finished_at, id, type) where status <> 'SETTLED'`,
    `orders_type on orders (type, finished_at, id, status) where type <> 'BUY'`,
    `orders_not_placed on orders (finished_at, id) where phase in ('REFUSED', 'NOT_PLACED')`,
    `orders_attention on orders using gin (attention) where attention <> '{}'`,
    `orders_attention_open on orders (opened_at, id, status, type) include (attention) where finished_at is null and attention <> '{}'`,
    `orders_attention_finished on orders (finished_at, id, status, type) include (attention) where finished_at is not null and attention <> '{}'`,
    // Gauges and the state of the partners.
    `orders_pending on orders (pending_since) where pending_events > 0`,
    `orders_failing on orders (id) where esw_failing_since is not null or upvest_failing_since is not null`,
  ];
  for (const index of indexes) await sql`create index ${sql.raw(index)}`.execute(db);
}
