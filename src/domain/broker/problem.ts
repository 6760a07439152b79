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

/** The refusal for people, such as `409 wrong_state It is FILLED (Upvest's request id 7d2…)`. */
export function problemText({ status, type, title, detail, requestId }: PlacementProblem): string {
  const words = [String(status), type, detail ?? title].filter((part) => part !== undefined).join(' ');
  return requestId === undefined ? words : `${words} (Upvest's request id ${requestId})`;
}
