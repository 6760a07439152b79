import type { Clock } from './clock';
import type { EventLog } from './event-log';
import type { Gate } from './gate';
import type { Execution } from './objects';
import type { Pace } from './options';
import type { OrderRecord, PortfolioRecord } from './order-book';
import type { PacedWaits } from './paced-waits';

/** How a new settlement date comes to be known: by which event, or by reads alone. */
export type DateTold = 'order' | 'execution' | 'nothing';

/** What happens to executions when trading has ended (upvest.md 4.3). */
export class Settlement {
  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly waits: PacedWaits,
  ) {}

  /** Of an order that stands alone. */
  ofOrder(record: OrderRecord): void {
    if (record.order.executions.length === 0) return;
    this.inTime(record.gate, record.behaviour.waitsIn === 'FILLED', () => {
      this.settle(record);
      this.mistradeLater(record);
    });
  }

  ofPortfolioOrder(record: PortfolioRecord): void {
    if (record.children.every(({ order }) => order.executions.length === 0)) return;
    this.inTime(record.gate, record.scenario === 'WAITS_IN_FILLED', () => {
      this.settleChildren(record);
    });
  }

  executionEnded(record: OrderRecord, execution: Execution, status: 'SETTLED' | 'CANCELLED'): void {
    const moment = this.clock.next();
    execution.status = status;
    record.order.updated_at = moment;
    const event = this.log.note('EXECUTION', execution, moment, record.portfolio);
    if (record.withheld) record.withheld.push(event);
    else this.log.publish(event, record.portfolio);
  }

  /** Tells what was kept back, as if it happened only now. */
  tellWithheld(record: OrderRecord): void {
    const { withheld = [] } = record;
    delete record.withheld;
    for (const event of withheld) {
      this.log.publish({ ...event, created_at: this.clock.next() }, record.portfolio);
    }
  }

  /** Gives the executions that are still FILLED another date; answers how many there are. */
  changeDate(orders: readonly OrderRecord[], date: string, told: DateTold): number {
    const counts = orders.map((record) => this.changeDateOf(record, date, told));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private changeDateOf({ order, portfolio }: OrderRecord, date: string, told: DateTold): number {
    const open = order.executions.filter(({ status }) => status === 'FILLED');
    if (open.length === 0) return 0;
    for (const execution of open) execution.settlement_date = date;
    order.updated_at = this.clock.next();
    if (told === 'order') this.log.tellAgain('ORDER', order, order.updated_at, portfolio);
    if (told === 'execution') {
      for (const execution of open) this.log.tellAgain('EXECUTION', execution, this.clock.next(), portfolio);
    }
    return open.length;
  }

  private settleChildren(record: PortfolioRecord): void {
    const { children, portfolioOrder, gate } = record;
    const isFilled = portfolioOrder.status === 'FILLED';
    const isAhead = isFilled && record.scenario === 'SETTLED_AHEAD';
    for (const child of children) {
      if (isAhead) child.withheld = [];
      this.settle(child);
    }
    if (!isFilled) return;
    portfolioOrder.status = 'SETTLED';
    portfolioOrder.updated_at = this.clock.next();
    this.log.emit('PORTFOLIO_ORDER', portfolioOrder, portfolioOrder.updated_at, record);
    if (isAhead) {
      this.inTimeOrSooner(gate, 'settledAheadMs', () => {
        for (const child of children) this.tellWithheld(child);
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
    this.inTimeOrSooner(record.gate, 'settleAfterMs', () => {
      const first = record.order.executions.find(({ status }) => status === 'SETTLED');
      if (first) this.executionEnded(record, first, 'CANCELLED');
    });
  }

  private inTime(gate: Gate, waitsAtGate: boolean, step: () => void): void {
    if (waitsAtGate) gate.pass(step, ['proceed']);
    else this.waits.start('settleAfterMs', step);
  }

  /** Takes the step once: when its time has come or when the life is told to proceed. */
  private inTimeOrSooner(gate: Gate, kind: keyof Pace, step: () => void): void {
    let isTaken = false;
    const once = (): void => {
      if (isTaken) return;
      isTaken = true;
      step();
    };
    this.waits.start(kind, once);
    gate.pass(once, ['proceed']);
  }
}
