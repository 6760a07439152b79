import type { AccountSettings, PortfolioOrder, PortfolioOrderTruth } from '../../../../simulators/upvest';
import { until, type UpvestBench } from './bench';
import { placement } from './client';

/** Places portfolio orders for new accounts and reads their actual state. */
export class ScenarioOrders {
  constructor(private readonly bench: UpvestBench) {}

  /** Places an order over HTTP for a new account with these settings; returns its id. */
  async placed(settings: AccountSettings, change: object = {}): Promise<string> {
    const request = placement(change);
    this.bench.simulator.control.configureAccount(String(request.account_id), settings);
    return ((await this.bench.client.place(request)).json as PortfolioOrder).id;
  }

  truth(id: string): PortfolioOrderTruth {
    return this.bench.simulator.control.portfolioOrder(id);
  }

  status(id: string): string {
    return this.truth(id).portfolioOrder.status;
  }

  /** Types of the emitted events, in order. */
  types(id: string): string[] {
    return this.truth(id).events.map(({ type }) => type);
  }

  count(id: string, type: string): number {
    return this.types(id).filter((one) => one === type).length;
  }

  childStatuses(id: string): string[] {
    return this.truth(id).orders.map(({ status }) => status);
  }

  executionStatuses(id: string): string[] {
    return this.truth(id).orders.flatMap(({ executions }) => executions.map(({ status }) => status));
  }

  async ended(id: string, status = 'SETTLED'): Promise<PortfolioOrderTruth> {
    await until(() => this.status(id) === status);
    return this.truth(id);
  }

  /** Reads the portfolio order through the API. */
  async read(id: string): Promise<PortfolioOrder> {
    return (await this.bench.client.call('GET', `/portfolios/orders/${id}`)).json as PortfolioOrder;
  }
}
