/** How long the workflow waits. Part of its input, so that changed configuration never touches a running order. */
export interface Policies {
  /** How long an order that a webhook started waits for its placement before it asks for one. Milliseconds. */
  placedGraceMs: number;
  /** How long a status whose predecessors were not seen is held before it is emitted. Milliseconds. */
  predecessorGraceMs: number;
  /** A run hands over to the next one beyond this many history events. */
  historyEventsPerRun: number;
}
