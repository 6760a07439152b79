/** What a row has of a placement that has no order with a row of its own. */
import { canonical } from '../../domain/values/decimal';
import { placementAttentions } from '../../domain/views/placement-attentions';
import type { Insertable } from 'kysely';
import type { Claim, KnownPlacement } from '../../app/ports/registry';
import type { OrdersTable } from '../tables';

type Columns<Name extends keyof OrdersTable> = Required<Pick<Insertable<OrdersTable>, Name>>;

/** The view as it is stored, without the user id: Upvest's answers may quote it. */
export function storable(view: Claim['view']): KnownPlacement {
  const { userId, ...request } = view.request;
  const text = JSON.stringify({ ...view, request });
  return JSON.parse(withoutId(text, userId)) as KnownPlacement;
}

/** An id has no character that means anything in JSON or in a regular expression. */
function withoutId(text: string, id: string): string {
  return /^[\w-]+$/.test(id) ? text.replaceAll(new RegExp(id, 'gi'), '(user id)') : text;
}

/** Columns that never change. */
export function requestColumns({
  view,
  digest,
  submitter,
  deployment,
}: Claim): Columns<
  | 'reference'
  | 'origin'
  | 'type'
  | 'account_id'
  | 'currency'
  | 'post_tax'
  | 'ordered'
  | 'opened_at'
  | 'request_digest'
  | 'submitter'
  | 'requested_at'
  | 'deployment'
> {
  const { accountId, cashAmount, currency, side, postTax } = view.request;
  return {
    reference: view.reference,
    origin: 'placed',
    type: side,
    // As Upvest spells it.
    account_id: accountId.toLowerCase(),
    currency,
    post_tax: postTax,
    ordered: canonical(cashAmount),
    opened_at: view.requestedAt,
    request_digest: digest,
    submitter: submitter ?? null,
    requested_at: view.requestedAt,
    deployment: deployment ?? null,
  };
}

/** Columns that each view decides. @param at when it was current, milliseconds since the epoch */
export function viewColumns(
  view: KnownPlacement,
  at: number,
): Columns<
  | 'phase'
  | 'attention'
  | 'waiting_for'
  | 'changed_at'
  | 'finished_at'
  | 'upvest_error'
  | 'upvest_failing_since'
  | 'next_try_at'
  | 'placement'
  | 'placement_saved_at'
> {
  const { stopped, searchFailure } = view;
  const failure = stopped ?? searchFailure;
  const changedAt = new Date(at).toISOString();
  const hasEnded = view.phase === 'REFUSED' || view.phase === 'NOT_PLACED';
  return {
    // Until the order has a row of its own.
    phase: view.phase === 'PLACED' ? 'HANDING_OVER' : view.phase,
    attention: placementAttentions(view).map(({ code }) => code),
    waiting_for: view.waitingFor,
    changed_at: changedAt,
    finished_at: hasEnded ? changedAt : null,
    upvest_error: failure?.message ?? null,
    upvest_failing_since: failure?.since ?? null,
    next_try_at: stopped?.until ?? null,
    placement: JSON.stringify(view),
    placement_saved_at: changedAt,
  };
}
