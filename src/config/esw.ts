/** The connection to ESW: environment variables of the worker. */
import type { z } from 'zod';
import { text, url, wholeNumber } from './values';

export interface EswConfig {
  baseUrl: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  /** Requests of this process that may be on their way. Default: that of the client. */
  maxInFlight?: number;
}

export const eswVariables = {
  ESW_BASE_URL: url,
  ESW_TOKEN_URL: url,
  ESW_CLIENT_ID: text,
  ESW_CLIENT_SECRET: text,
  ESW_SCOPE: text,
  ESW_MAX_IN_FLIGHT: wholeNumber(64, 1, 1_000),
};

export function eswOf(values: z.output<z.ZodObject<typeof eswVariables>>): EswConfig {
  return {
    baseUrl: values.ESW_BASE_URL,
    tokenUrl: values.ESW_TOKEN_URL,
    clientId: values.ESW_CLIENT_ID,
    clientSecret: values.ESW_CLIENT_SECRET,
    scope: values.ESW_SCOPE,
    maxInFlight: values.ESW_MAX_IN_FLIGHT,
  };
}
