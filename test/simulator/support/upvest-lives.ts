import type { AccountSettings, PortfolioOrder, PortfolioOrderTruth } from '../../../src/simulator/upvest';
import { until, type UpvestBench } from './upvest-bench';
import { placement } from './upvest-client';

/** Portfolio orders of accounts that nobody else uses, and what is true about them. */
export class Lives {
  constructor(private readonly bench: UpvestBench) {}

  /** Places an order over HTTP for a new account with these settings; answers its id. */
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

  /** Types of the events that were emitted, in order. */
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

  /** What GET of the portfolio order answers. */
  async read(id: string): Promise<PortfolioOrder> {
    return (await this.bench.client.call('GET', `/portfolios/orders/${id}`)).json as PortfolioOrder;
  }
}
