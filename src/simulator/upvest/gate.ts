/** Who lets a life go on that waits: the client, by asking for a cancel, or the control plane. */
export type Opener = 'cancel' | 'proceed';

/** Where a life stops, in some scenarios, until it is let go on. */
export class Gate {
  private readonly opened = new Set<Opener>();
  private waiting: { step: () => void; openers: readonly Opener[] }[] = [];

  /** Goes on with `step` once one of `openers` has opened the gate, even if that was before. */
  pass(step: () => void, openers: readonly Opener[]): void {
    if (openers.some((opener) => this.opened.has(opener))) step();
    else this.waiting.push({ step, openers });
  }

  /** For good: the gate never closes again for this opener. Answers whether anything had waited for it. */
  open(opener: Opener): boolean {
    this.opened.add(opener);
    const free = this.waiting.filter(({ openers }) => openers.includes(opener));
    this.waiting = this.waiting.filter((one) => !free.includes(one));
    for (const { step } of free) step();
    return free.length > 0;
  }

  openedBy(opener: Opener): boolean {
    return this.opened.has(opener);
  }
}
