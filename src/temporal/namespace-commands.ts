/** Commands with which an operator sets up a namespace. */
import { TypedSearchAttributes } from '@temporalio/common';
import type { OurSearchAttribute } from '../../contracts/search-attributes';

/** Closed workflows prevent duplicate placements and are a source of recovery, so they must stay readable this long. */
export const MINIMUM_RETENTION_DAYS = 30;

/** Registers search attributes. The Temporal CLI takes several names but one type per call. */
export function createCommand(namespace: string, keys: readonly OurSearchAttribute[]): string {
  const types = [...new Set(keys.map((key) => key.type))];
  return types
    .map((type) => {
      const names = keys.filter((key) => key.type === type).map((key) => ` --name ${key.name}`);
      const cliType = TypedSearchAttributes.toMetadataType(type);
      return `temporal operator search-attribute create --namespace ${namespace} --type ${cliType}${names.join('')}`;
    })
    .join(' && ');
}

/** Makes a namespace keep closed workflows long enough. */
export const retentionCommand = (namespace: string): string =>
  `temporal operator namespace update --namespace ${namespace} --retention ${MINIMUM_RETENTION_DAYS}d`;

/** Creates a namespace that keeps closed workflows long enough. */
export const createNamespaceCommand = (namespace: string): string =>
  `temporal operator namespace create --namespace ${namespace} --retention ${MINIMUM_RETENTION_DAYS}d`;
