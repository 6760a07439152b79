import { UpvestRefused } from '../../src/upvest/client/errors';

/** @returns undefined for an object that Upvest does not know */
export async function unlessUnknown<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof UpvestRefused && error.status === 404) return undefined;
    throw error;
  }
}
