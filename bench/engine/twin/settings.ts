/** How the processes of the twin are configured: one JSON variable. */
import { createPrivateKey } from 'node:crypto';
import { createUpvestClient, type UpvestClient } from '../../../src/upvest/client/client';
import type { PartnerAccess } from '../partners-messages';

export interface TwinSettings {
  temporalAddress: string;
  taskQueue: string;
  access: PartnerAccess;
}

export const SETTINGS_VARIABLE = 'TWIN_SETTINGS';

export function readSettings(): TwinSettings {
  return JSON.parse(process.env[SETTINGS_VARIABLE] ?? '') as TwinSettings;
}

/** The same client as the product's: signing requests to Upvest is not what is compared. */
export function twinUpvest({ access: { upvest } }: TwinSettings): UpvestClient {
  const { url: baseUrl, privateKey, ...client } = upvest;
  return createUpvestClient({ ...client, baseUrl, privateKey: createPrivateKey(privateKey) });
}
