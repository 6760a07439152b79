/** The id of a parked event in the API: one path segment that maps to its workflow id and back. */
import { createHash } from 'node:crypto';
import { parkedEventWorkflowId } from '../../../contracts/parked-event';

const PREFIX = parkedEventWorkflowId('', '').slice(0, -1);

/** External event ids with other characters are encoded, after a tilde. */
const PLAIN = /^[A-Za-z0-9_-]+$/;

/** Bytes of an event id that becomes part of a workflow id. */
const MAX_NAME_BYTES = 100;

/** Upvest's event id where it can be part of any workflow id; else a hash in its place. */
export function parkedName(eventId: string | undefined): string {
  if (eventId === undefined) return 'no-id';
  if (/^\P{C}+$/u.test(eventId) && Buffer.byteLength(eventId) <= MAX_NAME_BYTES) return eventId;
  return `sha256-${createHash('sha256').update(JSON.stringify(eventId)).digest('hex').slice(0, 32)}`;
}

/** @returns undefined for the id of another workflow */
export function parkedEventId(workflowId: string): string | undefined {
  const parts = partsOf(workflowId);
  if (parts === undefined) return undefined;
  const { eventId, bodyHash } = parts;
  const name = PLAIN.test(eventId) ? eventId : `~${Buffer.from(eventId).toString('base64url')}`;
  return `${name}.${bodyHash}`;
}

/** @returns undefined for text that is not the id of a parked event */
export function parkedEventWorkflow(id: string): string | undefined {
  const [, encoded = '', name = '', bodyHash = ''] = /^(~?)([A-Za-z0-9_-]+)\.([0-9a-f]{16})$/.exec(id) ?? [];
  const eventId = encoded === '' ? name : Buffer.from(name, 'base64url').toString('utf8');
  // PostgreSQL has no text with U+0000.
  return eventId === '' || eventId.includes('\0') ? undefined : parkedEventWorkflowId(eventId, bodyHash);
}

/** Upvest's event id, or its substitute, from a workflow id. */
export function eventIdIn(workflowId: string): string {
  return partsOf(workflowId)?.eventId ?? '';
}

function partsOf(workflowId: string): { eventId: string; bodyHash: string } | undefined {
  const slash = workflowId.lastIndexOf('/');
  if (!workflowId.startsWith(PREFIX) || slash < PREFIX.length) return undefined;
  return { eventId: workflowId.slice(PREFIX.length, slash), bodyHash: workflowId.slice(slash + 1) };
}
