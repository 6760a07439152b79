import type { Decision } from '../domain/operators';

/** Makes the decision that a workflow keeps of the one that the caller sent. */
export type Signed = <T extends { actor?: string | undefined; reason: string }>(given: T) => T & Decision;

/**
 * The token says who decides. A name in the body says more, such as which person of a team, but the token's stays with
 * it: anybody can write any name.
 */
export function signedBy(token: string): Signed {
  return (given) => ({ ...given, actor: given.actor === undefined ? token : `${given.actor} (${token})` });
}
