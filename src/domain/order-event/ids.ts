/**
 * Deterministic ids of events and their parts (references/esw.md#ids). A transition has the same id in every run,
 * however it was observed and however often.
 */
import { v5 as uuidv5 } from 'uuid';
import type { Subject } from '../broker/status-tables';

/** UUIDv5 of the URL namespace and `urn:portfolio-order-coordinator:esw-order-event:v1`; a breaking change bumps `v1`. */
const NAMESPACE = '7c3db824-0079-5a91-8ba0-8bfba4cc2da2';
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What an id identifies: an event about a subject, or the transaction entry inside such an event. */
export type IdScope = Subject | `txn:${Subject}`;

/** The id of an OrderEvent or of a transaction entry. */
export function orderEventId(tenantCode: string, scope: IdScope, subjectId: string, status: string): string {
  return derived(`${tenantCode}|${scope}|${subjectId.toLowerCase()}|${status}`);
}

const MAX_KNOWN = 10_000;
const known = new Map<string, string>();

/** Memoised: each event of an order names all transitions before it, and SHA-1 is slow without native code. */
function derived(name: string): string {
  let id = known.get(name);
  if (id === undefined) {
    id = uuidv5(name, NAMESPACE);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, id);
  }
  return id;
}

/** The id of the comment inside an OrderEvent. */
export function commentId(eventId: string): string {
  return derived(`comment|${eventId}`);
}

/** A GUID for a broker id: the id itself if it is a GUID, else one derived from it. */
export function asGuid(id: string): string {
  return GUID.test(id) ? id.toLowerCase() : derived(`guid|${id}`);
}
