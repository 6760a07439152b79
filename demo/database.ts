/** Where `npm start` keeps its records. */
import { join } from 'node:path';
import { cacheFolder } from '../tools/embedded-database/cache';
import type { WholeStackOptions } from './full-stack';

/**
 * With a Temporal server of its own, `npm start` forgets all orders at its end, so its database is in memory too: a record
 * of an order that Temporal does not know would keep its reference. With a given Temporal server orders outlive
 * `npm start`, and so do their records, in a folder of the cache for each server and namespace.
 *
 * @param fresh empties that folder first
 */
export function demoDatabase(
  env: NodeJS.ProcessEnv,
  fresh: boolean,
): NonNullable<WholeStackOptions['database']> {
  const { DATABASE_URL: url = '', TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = env;
  if (url !== '') return { url };
  if (address === '') return {};
  const server = `${address}-${namespace === '' ? 'default' : namespace}`.replaceAll(/[^\w.-]/g, '_');
  return { folder: join(cacheFolder(env), 'npm-start', server), fresh };
}
