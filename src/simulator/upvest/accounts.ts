import { v4 as uuid } from 'uuid';
import type { AccountSettings } from './account-settings';
import { wellKnownAccounts } from './well-known';

export interface Account extends AccountSettings {
  id: string;
  allocationId: string;
  /** The user whose account it is: the last one who placed an order. */
  userId: string;
}

/** The accounts; all that is known of one is how its orders go. */
export class Accounts {
  private readonly accounts = new Map<string, Account>();

  constructor() {
    for (const { id, settings } of wellKnownAccounts) this.configure(id, settings);
  }

  /** An account comes into being when it is first named, with an allocation of its own. */
  get(id: string): Account {
    const account = this.accounts.get(id) ?? { id, allocationId: uuid(), userId: uuid() };
    this.accounts.set(id, account);
    return account;
  }

  ofAllocation(allocationId: string): Account[] {
    return [...this.accounts.values()].filter((account) => account.allocationId === allocationId);
  }

  /** Replaces all settings; an account that had an allocation keeps it unless another one is named. */
  configure(id: string, settings: AccountSettings): void {
    const { allocationId, userId } = this.get(id);
    this.accounts.set(id, { allocationId, ...settings, id, userId });
  }
}
