/** What releases a held order: the client's cancel request, or `proceed` on the control plane. */
export type HoldTrigger = 'cancel' | 'proceed';

/** Stops an order at a step of its scenario until a trigger releases it. */
export class ScenarioHold {
  private readonly released = new Set<HoldTrigger>();
  private waiting: { step: () => void; triggers: readonly HoldTrigger[] }[] = [];

  /** Runs `step` once one of `triggers` has released the hold; immediately if that happened before. */
  runOn(triggers: readonly HoldTrigger[], step: () => void): void {
    if (triggers.some((trigger) => this.released.has(trigger))) step();
    else this.waiting.push({ step, triggers });
  }

  /** Releases the hold for good. Returns whether a step was waiting for this trigger. */
  release(trigger: HoldTrigger): boolean {
    this.released.add(trigger);
    const released = this.waiting.filter(({ triggers }) => triggers.includes(trigger));
    this.waiting = this.waiting.filter((one) => !released.includes(one));
    for (const { step } of released) step();
    return released.length > 0;
  }

  isReleasedBy(trigger: HoldTrigger): boolean {
    return this.released.has(trigger);
  }
}
