import type { Observation } from '../../domain/broker/observation';
import type { RoutedEvent } from '../../upvest/webhooks/event-router';

/** The events of one request that belong to one portfolio order. */
export interface OrderGroup {
  portfolioOrderId: string;
  observations: Observation[];
  /** JSON of the events as received, in the same order. */
  raws: string[];
}

/** One group per portfolio order, so that a request costs one signal per order. */
export function byOrder(routed: RoutedEvent[]): OrderGroup[] {
  const groups = new Map<string, OrderGroup>();
  for (const event of routed) {
    if (event.kind !== 'order') continue;
    const { portfolioOrderId, observation, raw } = event;
    const group = groups.get(portfolioOrderId) ?? { portfolioOrderId, observations: [], raws: [] };
    groups.set(portfolioOrderId, group);
    group.observations.push(observation);
    group.raws.push(raw);
  }
  return [...groups.values()];
}

/** Events as one JSON text: a list, unless it is only one. */
export function asOneText(raws: readonly string[]): string {
  const [first, ...others] = raws;
  return first !== undefined && others.length === 0 ? first : `[${raws.join(',')}]`;
}
