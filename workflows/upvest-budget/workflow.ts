/**
 * Grants the processes of a deployment their leases of Upvest's rate limit. It has no timer and no activity, so it costs nothing
 * while no process asks.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { leaseUpdate, type UpvestBudgetInput } from '../../contracts/upvest-budget';
import { grantLease, inUse, type LeaseRequest } from '../../src/domain/budget/leases';

/** A cancellation must not end it: the next run would not know which leases are in use. */
export function upvestBudget(input: UpvestBudgetInput): Promise<void> {
  return CancellationScope.nonCancellable(() => share(input));
}

async function share({ holders: given = [] }: UpvestBudgetInput): Promise<void> {
  let holders = given;
  const show = (budget?: number): void => {
    const rows = holders.map((one) => `| ${one.id} | ${one.wanted} | ${inUse(one)} |`);
    const total = budget === undefined ? '' : ` of ${budget} requests per second`;
    setCurrentDetails(
      [
        `Upvest’s budget: leases${total}, as of the last request for one`,
        '',
        '| Process | Wants | May use |',
        '| --- | --- | --- |',
        ...rows,
      ].join('\n'),
    );
  };
  setHandler(
    leaseUpdate,
    (request: LeaseRequest) => {
      const granted = grantLease(holders, request, Date.now());
      holders = granted.holders;
      show(request.budget);
      return granted.lease;
    },
    { validator: requireUsable, description: 'Leases a share of Upvest’s requests per second' },
  );
  show();
  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  await continueAsNew<typeof upvestBudget>({ holders });
}

function requireUsable({ holder, wanted, budget }: LeaseRequest): void {
  const isUsable = holder !== '' && Number.isFinite(wanted) && wanted >= 0 && Number.isFinite(budget);
  if (!isUsable) throw new Error('holder, wanted and budget are required.');
}
