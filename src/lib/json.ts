import type { z } from 'zod';

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Removes undefined members, which JSON cannot represent. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** @returns undefined for text that is not JSON, such as a gateway's error page */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A list may have thousands of invalid items. */
const MAX_ISSUES = 5;

/** Lists the first invalid fields with the reasons, without their values. */
export function describeIssues({ issues }: z.ZodError): string {
  const first = issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`);
  const others = issues.length - first.length;
  return [...first, ...(others > 0 ? [`and ${others} more`] : [])].join('; ');
}
