/** Who decides, in commands that change the database themselves. */
import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { withActor } from '../../../app/actor';
import type { Decision } from '../../../domain/values/decision';

/** Text of a person: something, and at most 1,000 characters. */
export function words(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 1000) throw new InvalidArgumentError('enter 1 to 1,000 characters');
  return trimmed;
}

/** The name is not verified: anyone with access to the database can give any name. */
export function decisionOf({ actor, reason }: { actor?: string; reason: string }): Decision {
  return withActor('direct')({ actor: actor ?? userInfo().username, reason });
}

export const ACTOR_HELP = 'on behalf of whom, recorded with "(direct)" (default: the OS user)';
