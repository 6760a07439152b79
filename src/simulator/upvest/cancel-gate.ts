/** Where a life stops, in some scenarios, until the client has asked for a cancel. */
export class CancelGate {
  private asked = false;
  private waiting: (() => void)[] = [];

  /** Goes on with `step` once the gate is open. */
  pass(step: () => void): void {
    if (this.asked) step();
    else this.waiting.push(step);
  }

  /** The client has asked; the gate never closes again. */
  open(): void {
    this.asked = true;
    for (const step of this.waiting.splice(0)) step();
  }
}
