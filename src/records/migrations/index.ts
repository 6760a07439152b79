/**
 * The migrations of the records database by name, in order: a name begins with its date. A migration that was released is
 * never changed; the next one corrects it. Kysely's types are those of the day of a migration: `unknown`.
 */
import type { Migration } from 'kysely';
import * as tables from './2026-12-01-tables';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '2026-12-01-tables': tables,
};
