import type { DeadlinePolicies } from '../../src/domain/order-state/policies';

const NEVER = { askAfterMs: 600_000, attentionAfter: { ms: 600_000 } };
/** Deadlines that no test reaches; each test file shortens those that it tests. */
export const FAR_DEADLINES = {
  new: NEVER,
  processing: NEVER,
  parts: NEVER,
  cancel: NEVER,
  quietMs: 100,
  slowestMs: 60_000,
  spreadMs: 0,
} satisfies Partial<DeadlinePolicies>;
