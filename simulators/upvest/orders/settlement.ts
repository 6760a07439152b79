import type { Clock } from '../behaviour/clock';
import type { EventLog } from '../webhooks/event-log';
import type { ScenarioHold } from '../behaviour/scenario-hold';
import type { Execution } from './wire-objects';
import type { Pace } from '../options';
import type { OrderRecord, PortfolioRecord } from './order-store';
import type { PacedTimers } from '../behaviour/paced-timers';

/** Which event announces a new settlement date; `nothing`: only reads show it. */
export type SettlementDateNotice = 'order' | 'execution' | 'nothing';

/** Settles or cancels executions after the end of trading (references/upvest.md#execution). */
export class Settlement {
  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly timers: PacedTimers,
  ) {}

  /** For individual orders. */
  ofOrder(record: OrderRecord): void {
    if (record.order.executions.length === 0) return;
    this.runLater(record.hold, record.behaviour.waitsIn === 'FILLED', () => {
      this.settle(record);
      this.mistradeLater(record);
    });
  }

  ofPortfolioOrder(record: PortfolioRecord): void {
    if (record.children.every(({ order }) => order.executions.length === 0)) return;
    this.runLater(record.hold, record.scenario === 'WAITS_IN_FILLED', () => {
      this.settleChildren(record);
    });
  }

  executionEnded(record: OrderRecord, execution: Execution, status: 'SETTLED' | 'CANCELLED'): void {
    const timestamp = this.clock.next();
    execution.status = status;
    record.order.updated_at = timestamp;
    const event = this.log.record('EXECUTION', execution, timestamp, record.portfolio);
    if (record.withheld) record.withheld.push(event);
    else this.log.publish(event, record.portfolio);
  }

  /** Publishes the withheld events with the current time. */
  publishWithheld(record: OrderRecord): void {
    const { withheld = [] } = record;
    delete record.withheld;
    for (const event of withheld) {
      this.log.publish({ ...event, created_at: this.clock.next() }, record.portfolio);
    }
  }

  /** Changes the date of the executions that are still FILLED; returns their number. */
  changeDate(orders: readonly OrderRecord[], date: string, notice: SettlementDateNotice): number {
    const counts = orders.map((record) => this.changeDateOf(record, date, notice));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private changeDateOf(
    { order, portfolio }: OrderRecord,
    date: string,
    notice: SettlementDateNotice,
  ): number {
    const open = order.executions.filter(({ status }) => status === 'FILLED');
    if (open.length === 0) return 0;
    for (const execution of open) execution.settlement_date = date;
    order.updated_at = this.clock.next();
    if (notice === 'order') this.log.republish('ORDER', order, order.updated_at, portfolio);
    if (notice === 'execution') {
      for (const execution of open) this.log.republish('EXECUTION', execution, this.clock.next(), portfolio);
    }
    return open.length;
  }

  private settleChildren(record: PortfolioRecord): void {
    const { children, portfolioOrder, hold } = record;
    const isFilled = portfolioOrder.status === 'FILLED';
    const isSettledAhead = isFilled && record.scenario === 'SETTLED_AHEAD';
    for (const child of children) {
      if (isSettledAhead) child.withheld = [];
      this.settle(child);
    }
    if (!isFilled) return;
    portfolioOrder.status = 'SETTLED';
    portfolioOrder.updated_at = this.clock.next();
    this.log.emit('PORTFOLIO_ORDER', portfolioOrder, portfolioOrder.updated_at, record);
    if (isSettledAhead) {
      this.runLaterOrOnProceed(hold, 'settledAheadMs', () => {
        for (const child of children) this.publishWithheld(child);
      });
    }
    for (const child of children) this.mistradeLater(child);
  }

  private settle(record: OrderRecord): void {
    const [first, ...others] = record.order.executions.filter(({ status }) => status === 'FILLED');
    const isMistrade = record.behaviour.mistrade === 'INSTEAD_OF_SETTLED';
    if (first) this.executionEnded(record, first, isMistrade ? 'CANCELLED' : 'SETTLED');
    for (const execution of others) this.executionEnded(record, execution, 'SETTLED');
  }

  private mistradeLater(record: OrderRecord): void {
    if (record.behaviour.mistrade !== 'AFTER_SETTLED') return;
    this.runLaterOrOnProceed(record.hold, 'settleAfterMs', () => {
      const first = record.order.executions.find(({ status }) => status === 'SETTLED');
      if (first) this.executionEnded(record, first, 'CANCELLED');
    });
  }

  private runLater(hold: ScenarioHold, isHeld: boolean, step: () => void): void {
    if (isHeld) hold.runOn(['proceed'], step);
    else this.timers.start('settleAfterMs', step);
  }

  /** Runs the step once: after the delay of the pace setting or on `proceed`, whichever comes first. */
  private runLaterOrOnProceed(hold: ScenarioHold, kind: keyof Pace, step: () => void): void {
    let isDone = false;
    const once = (): void => {
      if (isDone) return;
      isDone = true;
      step();
    };
    this.timers.start(kind, once);
    hold.runOn(['proceed'], once);
  }
}
