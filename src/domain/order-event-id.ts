/**
 * Deterministic ids of everything that ESW is sent (`esw-order-event.md` 8.2). A transition has the same id whoever
 * observes it, however often, in whichever run.
 */
import { v5 as uuidv5 } from 'uuid';
import type { Subject } from './lifecycle';

/** UUIDv5 of the URL namespace and `urn:portfolio-order-coordinator:esw-order-event:v1`; a breaking change bumps `v1`. */
const NAMESPACE = '7c3db824-0079-5a91-8ba0-8bfba4cc2da2';
const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What an id names: an event about a subject, or the transaction entry inside such an event. */
export type IdScope = Subject | `txn:${Subject}`;

/** The id of an OrderEvent or of a transaction entry. */
export function orderEventId(tenantCode: string, scope: IdScope, subjectId: string, status: string): string {
  return uuidv5(`${tenantCode}|${scope}|${subjectId.toLowerCase()}|${status}`, NAMESPACE);
}

/** The id of the comment inside an OrderEvent. */
export function commentId(eventId: string): string {
  return uuidv5(`comment|${eventId}`, NAMESPACE);
}

/** A GUID for a foreign id: the id itself where it has the shape, else one derived from it. */
export function asGuid(id: string): string {
  return GUID.test(id) ? id.toLowerCase() : uuidv5(`guid|${id}`, NAMESPACE);
}
