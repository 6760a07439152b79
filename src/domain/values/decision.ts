/** Actor and reason of an operator's or client's decision. */
export interface Decision {
  actor: string;
  reason: string;
}
