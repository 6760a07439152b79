import { v4 as uuid } from 'uuid';
import type { AccountSettings } from './account-settings';
import { wellKnownAccounts } from './well-known';

export interface Account extends AccountSettings {
  id: string;
  allocationId: string;
  /** Owner of the account: the user of its latest order. */
  userId: string;
}

/** All accounts with their settings. */
export class Accounts {
  private readonly accounts = new Map<string, Account>();

  constructor() {
    for (const { id, settings } of wellKnownAccounts) this.configure(id, settings);
  }

  /** Returns an account; creates it on first use, with its own allocation. */
  get(id: string): Account {
    const account = this.accounts.get(id) ?? { id, allocationId: uuid(), userId: uuid() };
    this.accounts.set(id, account);
    return account;
  }

  ofAllocation(allocationId: string): Account[] {
    return [...this.accounts.values()].filter((account) => account.allocationId === allocationId);
  }

  /** Replaces all settings; the account keeps its allocation unless the settings name one. */
  configure(id: string, settings: AccountSettings): void {
    const { allocationId, userId } = this.get(id);
    this.accounts.set(id, { allocationId, ...settings, id, userId });
  }
}
