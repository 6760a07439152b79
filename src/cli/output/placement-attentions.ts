/** The attentions of an order that is not placed, in the words of the command line. */
import type { Attention } from '../../domain/operator/attention';
import type { PlacementAttention } from '../../domain/broker/placement';
import type { OrderStatusView } from '../../app/orders/read';

type AttentionOfPlacement = Pick<Attention, 'key' | 'since' | 'message' | 'advice'> & {
  code: PlacementAttention;
};

/** None of an interrupted placement: it is restarted first. */
export function placementAttentions({
  phase,
  placement,
  interrupted,
}: OrderStatusView): AttentionOfPlacement[] {
  if (interrupted) return [];
  const { stopped, steps = [] } = placement ?? {};
  const unknownSince = steps.findLast(({ rule }) => rule === 'placement:unknown')?.at;
  return [
    ...(phase === 'UNKNOWN'
      ? [
          {
            code: 'PLACEMENT_UNKNOWN' as const,
            key: 'PLACEMENT_UNKNOWN',
            ...(unknownSince !== undefined && { since: unknownSince }),
            message: 'It is unknown whether Upvest has the order',
            advice: 'Check with Upvest, then name the order, or say that there is none.',
          },
        ]
      : []),
    ...(stopped?.flagged
      ? [
          {
            code: 'PLACEMENT_STOPPED' as const,
            key: `PLACEMENT_STOPPED|${stopped.since}`,
            since: stopped.since,
            message: `No attempt to place the order got through: ${stopped.message}`,
            advice:
              'Fix credentials, scope, address or proxy of Upvest, or wait until Upvest is available. The coordinator retries automatically.',
          },
        ]
      : []),
  ];
}
