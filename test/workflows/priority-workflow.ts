/** The smallest workflow that calls activities with the product's priorities, for the test of their order. */
import { proxyActivities } from '@temporalio/workflow';
import { BACKGROUND, CANCEL, PLACE, READ } from '../../workflows/priorities';

const priorities = { cancel: CANCEL, place: PLACE, other: undefined, read: READ, background: BACKGROUND };
export type Kind = keyof typeof priorities;

export async function callMany({ kind, count }: { kind: Kind; count: number }): Promise<void> {
  const priority = priorities[kind];
  const { work } = proxyActivities<{ work(kind: Kind): Promise<void> }>({
    startToCloseTimeout: '2m',
    ...(priority !== undefined && { priority }),
  });
  await Promise.all(Array.from({ length: count }, () => work(kind)));
}
