/** Actor and reason of an operator's or client's decision. */
export interface Decision {
  actor: string;
  reason: string;
}

/** Rides along with a decision and its outcome. */
export interface DecisionDigest {
  /** SHA-256 (hex) of the decision's content, which distinguishes a reused idempotency key from a retry. */
  digest?: string;
}
