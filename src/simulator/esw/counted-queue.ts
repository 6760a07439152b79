/** Things that are used up `count` times, the oldest first. */
export class CountedQueue<Item extends { count: number }> {
  private items: Item[] = [];

  add(item: Item): void {
    this.items.push(item);
  }

  /** The one that is next in line, not used up by looking at it. */
  peek(): Item | undefined {
    return this.items[0];
  }

  /** Uses the oldest that fits once. */
  take(fits: (item: Item) => boolean = () => true): Item | undefined {
    const item = this.items.find(fits);
    if (item === undefined) return undefined;
    item.count -= 1;
    if (item.count === 0) this.items = this.items.filter((other) => other !== item);
    return item;
  }

  /** Copies of what is left. */
  list(): Item[] {
    return structuredClone(this.items);
  }

  clear(): void {
    this.items = [];
  }
}
