/** One thing that the doctor looks at: it changes nothing, and it ends in time. */

/** What a look came to; `remedy` says what to do. Details may have several lines. */
export type Finding =
  | { result: 'ok'; detail: string }
  | { result: 'failed'; detail: string; remedy: string }
  | { result: 'not-checked'; detail: string };

export type Area = 'configuration' | 'Temporal' | 'Upvest' | 'ESW' | 'HTTP server';

export type CheckResult = Finding & { area: Area; name: string };

export const ok = (detail: string): Finding => ({ result: 'ok', detail });
export const failed = (detail: string, remedy: string): Finding => ({ result: 'failed', detail, remedy });
export const notChecked = (detail: string): Finding => ({ result: 'not-checked', detail });

export interface Check {
  area: Area;
  name: string;
  /** What it rejects with becomes a failure. */
  look: () => Promise<Finding>;
  /** What to do where `look` rejects or does not end in time. */
  remedy: string;
}

/** @param timeoutMs milliseconds from now until a look that has not ended counts as failed */
export async function examine({ area, name, look, remedy }: Check, timeoutMs: number): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(failed(`no answer within ${timeoutMs / 1000} s`, remedy));
    }, timeoutMs);
  });
  try {
    return { area, name, ...(await Promise.race([look(), late])) };
  } catch (error) {
    return { area, name, ...failed(reasonOf(error), remedy) };
  } finally {
    clearTimeout(timer);
  }
}

/** Of an error of Node's the code as well: some have no message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const isKnown = typeof code === 'string' && !error.message.includes(code);
  return isKnown ? `${code} ${error.message}`.trim() : error.message;
}
