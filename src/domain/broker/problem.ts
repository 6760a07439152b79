/** Upvest's final refusal of a placement. */
export interface PlacementProblem {
  /** HTTP status. */
  status: number;
  /** Last segment of the problem type. */
  type?: string;
  title?: string;
  detail?: string;
  /** Upvest's request id, for their support. */
  requestId?: string;
}
