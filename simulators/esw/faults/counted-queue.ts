/** Queue of items that can be taken `count` times each, the oldest first. */
export class CountedQueue<Item extends { count: number }> {
  private items: Item[] = [];

  add(item: Item): void {
    this.items.push(item);
  }

  /** The next item, without taking it. */
  peek(): Item | undefined {
    return this.items[0];
  }

  /** Takes the oldest matching item once. */
  take(matches: (item: Item) => boolean = () => true): Item | undefined {
    const item = this.items.find(matches);
    if (item === undefined) return undefined;
    item.count -= 1;
    if (item.count === 0) this.items = this.items.filter((other) => other !== item);
    return item;
  }

  /** Copies of the remaining items. */
  list(): Item[] {
    return structuredClone(this.items);
  }

  clear(): void {
    this.items = [];
  }
}
