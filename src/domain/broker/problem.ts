/** Why a placement or a cancel was rejected, or why no attempt got through. */
export interface PlacementProblem {
  /** HTTP status; absent when nothing was answered. */
  status?: number;
  /** Last segment of the problem type. */
  type?: string;
  title?: string;
  detail?: string;
  /** First words of an answer that is not Upvest's, such as a firewall's page. */
  excerpt?: string;
  /** Upvest's request id, for their support. */
  requestId?: string;
  /**
   * Set when Upvest has not rejected the order: no attempt got through in time, and it is certain that nothing was placed. The same
   * request may be sent again.
   */
  retryable?: true;
}
