/**
 * The background task that saves the order in the records database: where no batch of events does, and once it is done. While the
 * database is away the order goes on.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  rootCause,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import {
  asArchived,
  beginSave,
  saveDueAt,
  withBehind,
  withSaved,
  withSaveFailed,
  type SaveBegun,
} from '../../src/domain/records/saving';
import { isDone } from '../../src/domain/order/transitions';
import { BackgroundTask } from './background-task';
import { ORDER_STATE_BEHIND, type RecordActivities, type RecordSave } from '../../contracts/activities';
import type { Compressible } from '../../contracts/compressible';
import { settingsOf, type PortfolioOrderInput } from '../../contracts/portfolio-order';
import type { OrderState } from '../../src/domain/order-state/state';

export class SavingTask extends BackgroundTask {
  private readonly records: ActivityInterfaceFor<RecordActivities>;

  constructor(
    private readonly order: { state: OrderState },
    private readonly input: PortfolioOrderInput,
    private readonly emission: { busy: boolean },
  ) {
    super();
    this.records = proxyActivities<RecordActivities>({
      startToCloseTimeout: '30s',
      // Bounded, so that the order shows why it is not saved, and so that a long outage leaves gaps for continue-as-new.
      scheduleToCloseTimeout: '10m',
      // Rows have to be right soon after the database is back.
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
    });
  }

  /** When the order has to be saved; undefined while it is. */
  dueAt(): number | undefined {
    return this.busy
      ? undefined
      : saveDueAt(this.order.state, Date.now(), this.input.policies, this.emission.busy);
  }

  protected hasWork(): boolean {
    const at = this.dueAt();
    return at !== undefined && at <= Date.now();
  }

  protected async work(): Promise<void> {
    const began = Date.now();
    const begun = beginSave(this.order.state, began);
    if (begun === undefined) return;
    const { save } = begun;
    const finishedAt = isDone(begun.state) ? new Date(began).toISOString() : undefined;
    this.order.state = begun.state;
    const candidate = finishedAt === undefined ? save.candidate : asArchived(save.candidate, finishedAt);
    const summary = finishedAt === undefined ? 'Save the order' : 'Store the final record';
    try {
      await this.records.saveRecord.executeWithOptions({ summary }, [
        recordSave({ ...save, candidate }, this.input, finishedAt === undefined ? {} : { finishedAt }),
      ]);
      const saved = withSaved(this.order.state, save);
      const isCurrent = saved.recovery === 'recovered' && saved.inbox.length === 0;
      const isUnchanged = isCurrent && saved.saving?.staleSince === undefined;
      this.order.state = finishedAt !== undefined && isUnchanged ? candidate : saved;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const now = Date.now();
      this.order.state = isBehind(error)
        ? withBehind(this.order.state, now)
        : withSaveFailed(
            this.order.state,
            save,
            rootCause(error) ?? error.message,
            { began, now },
            this.input.policies,
          );
    }
  }
}

export function recordSave(
  { version, basedOn, candidate, events }: SaveBegun,
  input: PortfolioOrderInput,
  more: Pick<RecordSave, 'finishedAt' | 'mayFinish'> = {},
): Compressible<RecordSave> {
  const { portfolioOrderId } = input;
  return {
    compressible: {
      ...{ portfolioOrderId, version, basedOn, state: candidate, settings: settingsOf(input), events },
      ...more,
    },
  };
}

/** True if a later save shows that the workflow's state is outdated. */
export function isBehind({ cause }: ActivityFailure): boolean {
  return cause instanceof ApplicationFailure && cause.type === ORDER_STATE_BEHIND;
}
