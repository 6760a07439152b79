import type { Decision } from '../domain/values/decision';

/** Adds the actor that is recorded to a caller's decision. */
export type WithActor = <T extends { actor?: string | undefined; reason: string }>(given: T) => T & Decision;

/**
 * Records the token's name as the actor. A name in the body, such as a team member's, is not verified, so the token's name
 * is added to it.
 */
export function withActor(token: string): WithActor {
  return (given) => ({ ...given, actor: given.actor === undefined ? token : `${given.actor} (${token})` });
}
