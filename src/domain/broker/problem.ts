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

/** What was answered, for people, such as `409 wrong_state It is FILLED (Upvest's request id 7d2…)`. */
export function problemText(problem: PlacementProblem): string {
  const { status, type, title, detail, excerpt, requestId } = problem;
  const words = [status, type, detail ?? title, excerpt].filter((part) => part !== undefined).join(' ');
  return requestId === undefined ? words : `${words} (Upvest's request id ${requestId})`;
}

/** Why there is no order, in a phrase. */
export function refusalText(problem: PlacementProblem): string {
  const what = problem.retryable
    ? 'no attempt got through in time, and nothing was placed'
    : 'Upvest rejected the order';
  return `${what}: ${problemText(problem)}`;
}
