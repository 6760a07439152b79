import { parkedEventWorkflowId } from '../../../contracts/parked-event';
/** The id of a parked event in the API: one path segment that maps to its workflow id and back. */

const PREFIX = parkedEventWorkflowId('', '').slice(0, -1);

/** External event ids with other characters are encoded, after a tilde. */
const PLAIN = /^[A-Za-z0-9_-]+$/;

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
  if (name === '') return undefined;
  const eventId = encoded === '' ? name : Buffer.from(name, 'base64url').toString('utf8');
  return parkedEventWorkflowId(eventId, bodyHash);
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
