/** What decisions about an order and about its placement have in common. */
import { defineUpdate } from '@temporalio/workflow';
import type { Decided } from '../src/domain/operator/operator-commands';
import type { Decision } from '../src/domain/values/decision';

/** Types of the failures with which updates are refused: the input is invalid, or a rule forbids it. */
export const REFUSED_AS_UNUSABLE = 'UNUSABLE_DECISION';
export const REFUSED_BY_RULE = 'FORBIDDEN_BY_RULE';

/** Requests a cancel, of an order or of its placement. Upvest decides. */
export const cancelUpdate = defineUpdate<Decided, [Decision]>('cancel');
