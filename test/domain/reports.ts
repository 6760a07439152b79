/** Short forms of the broker's reports. */
import type { Observation } from '../../src/domain/broker/observation';
import { childId, executionId, facts, order, portfolioOrder } from './samples';

/** The portfolio order's reports, one per status. */
export const parent = (...statuses: string[]): Observation[] =>
  statuses.map((status) => portfolioOrder(status));
/** The reports of the n-th child, one per status. */
export const child = (n: number, ...statuses: string[]): Observation[] =>
  statuses.map((status) => order(status, { id: childId(n) }));
/** The n-th child filled, with executions of these statuses. */
export const filled = (n: number, ...executions: string[]): Observation[] => [
  order('FILLED', {
    id: childId(n),
    executions: executions.map((status, index) => facts(status, { id: executionId(10 * n + index) })),
  }),
];
