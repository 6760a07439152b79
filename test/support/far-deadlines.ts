import type { DeadlinePolicies } from '../../src/domain/policies';

const NEVER = { askAfterMs: 600_000, attentionAfter: { ms: 600_000 } };
/** Deadlines that no test lives to see; each test file shortens those that it is about. */
export const FAR_DEADLINES = {
  new: NEVER,
  processing: NEVER,
  parts: NEVER,
  cancel: NEVER,
  quietMs: 100,
  slowestMs: 60_000,
  spreadMs: 0,
} satisfies Partial<DeadlinePolicies>;
