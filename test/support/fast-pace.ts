/** Orders that take some hundred milliseconds. */
export const FAST_PACE = {
  processAfterMs: 30,
  childSpacingMs: 5,
  fillAfterMs: 20,
  settleAfterMs: 60,
  secondMs: 20,
};
