/** Registries of references in place of that of the records database. */
import { RecordsUnavailable } from '../../src/app/ports/records-unavailable';
import type { Registry } from '../../src/app/ports/registry';

/** As while the records database is away. */
export const awayRegistry: Registry = {
  claim: away,
  read: away,
  started: away,
  beginPost: away,
  save: away,
  open: away,
  placementOf: away,
  unstarted: away,
  notStarted: away,
};

function away(): Promise<never> {
  return Promise.reject(new RecordsUnavailable());
}
