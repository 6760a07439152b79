import { withHeartbeat } from './heartbeat';
import { toApplicationFailure } from './to-application-failure';

/** Runs a call with heartbeats, and converts its errors. */
export async function callUpvest<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await withHeartbeat({ details: () => undefined }, call);
  } catch (error) {
    throw toApplicationFailure(error);
  }
}
