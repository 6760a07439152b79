/** The records database of lists and reports, over connections of their own: they never keep a submit waiting. */
import { connectRecords } from '../connect';
import { createRecordLists, type RecordLists } from '.';

export interface OpenLists extends RecordLists {
  close(): Promise<void>;
}

export interface OpenListsOptions {
  /** Name of the process. */
  name: string;
  /** Takes a failure that passes: a connection that was lost. */
  warn: (fields: object, message: string) => void;
}

/** At most so many lists and reports at a time; others wait for their turn. */
const MAX_CONNECTIONS = 5;

/** Connects on the first call: the process goes on while the database is away. */
export function openLists(databaseUrl: string, { name, warn }: OpenListsOptions): OpenLists {
  const db = connectRecords(databaseUrl, {
    name: `${name} lists`,
    maxConnections: MAX_CONNECTIONS,
    onIdleError: (error) => {
      warn({ err: error }, 'A connection to the records database was lost');
    },
  });
  return { ...createRecordLists(db), close: () => db.destroy() };
}
