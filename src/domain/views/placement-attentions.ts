/** The attentions of a placement, as orders have them. */
import type { PlacementAttention } from '../broker/placement';
import type { Attention } from '../operator/attention';
import type { OrderAction } from '../operator/order-action';
import type { AuditEntry } from '../order-state/audit-log';

/** What is read of a placement's view. */
interface Placement {
  phase: string;
  stopped?: { message: string; since: string; flagged?: true };
  steps?: AuditEntry[];
  actions?: OrderAction[];
}

export type AttentionOfPlacement = Omit<Attention, 'code'> & { code: PlacementAttention };

export function placementAttentions({
  phase,
  stopped,
  steps = [],
  actions = [],
}: Placement): AttentionOfPlacement[] {
  const attentions: AttentionOfPlacement[] = [];
  if (phase === 'UNKNOWN') {
    const since = steps.findLast(({ rule }) => rule === 'placement:unknown')?.at;
    attentions.push({
      code: 'PLACEMENT_UNKNOWN',
      key: 'PLACEMENT_UNKNOWN',
      ...(since !== undefined && { since }),
      message: 'It is unknown whether Upvest has the order',
      advice: 'Check with Upvest, then name the order with identify, or say that there is none.',
      actions: actions.filter((action) => action === 'identify'),
    });
  }
  if (stopped?.flagged)
    attentions.push({
      code: 'PLACEMENT_STOPPED',
      key: `PLACEMENT_STOPPED|${stopped.since}`,
      since: stopped.since,
      message: `No attempt to place the order got through: ${stopped.message}`,
      advice:
        'Fix credentials, scope, address or proxy of Upvest, or wait until Upvest is available. The coordinator retries automatically.',
      actions: [],
    });
  return attentions;
}
