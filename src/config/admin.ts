/** Where a process answers its operators' tools: health and metrics, off the public port. */
import type { z } from 'zod';
import { text, wholeNumber } from './values';

export interface AdminConfig {
  host: string;
  /** 0 for a free one. */
  port: number;
}

interface AdminVariables {
  ADMIN_HOST: z.ZodType<string, string | undefined>;
  ADMIN_PORT: z.ZodType<number, string | undefined>;
}

/** @param port by default: worker and server may run on one machine */
export const adminVariables = (port: number): AdminVariables => ({
  ADMIN_HOST: text.default('127.0.0.1'),
  ADMIN_PORT: wholeNumber(port, 0, 65_535),
});

export const ADMIN_PORTS = { server: 3001, worker: 3002 } as const;

export function adminOf(values: { ADMIN_HOST: string; ADMIN_PORT: number }): AdminConfig {
  return { host: values.ADMIN_HOST, port: values.ADMIN_PORT };
}
