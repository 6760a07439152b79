/** The words of `place`, with an order of its own each time. */
import { randomUUID } from 'node:crypto';

export function placeArgs(changes: Record<string, string> = {}): string[] {
  const options = {
    reference: `cli-${randomUUID()}`,
    user: randomUUID(),
    account: randomUUID(),
    amount: '250.00',
    ...changes,
  };
  return ['place', ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])];
}
