/** What waits for a human: findings of weight, deadlines long over, and decisions that only people may take. */
import { hasEnded } from './aggregate';
import { isClogged, nameOf, type Emission } from './emission';
import {
  FINDING_CODES,
  FINDINGS,
  findingsOf,
  needsAttention,
  type Finding,
  type FindingCode,
} from './findings';
import type { OrderLife } from './order-life';
import type { Wait, WaitId } from './waits';

/** Codes of what is no finding about the record. */
const OWN_CODES = [
  'EMISSION_REFUSED',
  'EMISSION_STOPPED',
  'UNUSABLE_MESSAGE',
  'NEW_OVERDUE',
  'PROCESSING_OVERDUE',
  'PARTS_OVERDUE',
  'SETTLEMENT_OVERDUE',
  'CANCEL_SILENT',
  'CANCEL_REFUSED',
  'CALENDAR_UNCOVERED',
  'UNKNOWN_TO_BROKER',
  'FIRST_SEEN_FINISHED',
  'HEALED_WITHOUT_LEDGER',
  'REOPENED',
] as const;

export type AttentionCode = FindingCode | (typeof OWN_CODES)[number];

/** Every code that an order can need attention for. */
export const ATTENTION_CODES: readonly AttentionCode[] = [
  ...FINDING_CODES.filter((code) => FINDINGS[code].needsAttention),
  ...OWN_CODES,
];

export interface Attention {
  code: AttentionCode;
  /** Names this very occurrence, so that acknowledging it does not silence the next one. */
  key: string;
  /** One sentence: what is the matter. */
  message: string;
  /** One sentence: what somebody can do. */
  advice: string;
}

/** Everything that nobody has acknowledged yet. */
export function attentionsOf(
  life: OrderLife,
  findings: Finding[] = findingsOf(life.record, life.amountTolerance),
): Attention[] {
  const known = new Set(life.acknowledged);
  return [
    ...findings.filter(needsAttention).map(ofFinding),
    ...ofEmission(life),
    ...life.waits.flatMap(ofWait),
    ...ofBroker(life),
    ...ofPast(life),
  ].filter(({ key }) => !known.has(key));
}

/** Codes for the search attribute `Attention`, sorted. */
export function attentionCodes(attentions: Attention[]): string[] {
  return [...new Set(attentions.map(({ code }) => code))].sort();
}

function ofFinding({ code, subject, id, message }: Finding): Attention {
  return {
    code,
    key: `${code}|${subject}|${id}|${message}`,
    message: `${subject} ${id}: ${message}`,
    advice: 'Look at it with the broker; acknowledge it when it is dealt with.',
  };
}

function ofEmission({ emission, unusableMessages }: OrderLife): Attention[] {
  const refused = emission.refused.map((event): Attention => {
    const { status, orderId, executionId, refusal } = event;
    const topic = [status, orderId, executionId].filter((part) => part !== undefined).join('|');
    const whose = refusal.status === undefined ? 'was not sent' : 'was refused by ESW';
    return {
      code: 'EMISSION_REFUSED',
      key: `EMISSION_REFUSED|${topic}|${refusal.at ?? ''}`,
      message: `${nameOf(event)} ${whose}: ${refusal.message}`,
      advice: 'Mend the cause, then send it again with retry-emission.',
    };
  });
  const stopped = ofStop(emission);
  if (stopped !== undefined) refused.unshift(stopped);
  if (unusableMessages === 0) return refused;
  const unusable: Attention = {
    code: 'UNUSABLE_MESSAGE',
    key: `UNUSABLE_MESSAGE|${unusableMessages}`,
    message: `${unusableMessages} messages had a shape that could not be used`,
    advice: 'Find who sends signals by hand; reconcile to be sure of the state.',
  };
  return [...refused, unusable];
}

/** One call for the whole lane: what is wrong is wrong with all of its events. */
function ofStop(emission: Emission): Attention | undefined {
  const { pause, refused } = emission;
  if (pause?.why === 'unauthorised') {
    return {
      code: 'EMISSION_STOPPED',
      key: `EMISSION_STOPPED|unauthorised|${pause.since}`,
      message: `ESW takes nothing from this deployment: ${pause.refusal.message}`,
      advice:
        'Mend tenant, credentials, scope or address of ESW; it is tried again by itself, or with retry-emission.',
    };
  }
  if (!isClogged(emission)) return undefined;
  return {
    code: 'EMISSION_STOPPED',
    key: `EMISSION_STOPPED|refused|${refused[0]?.refusal.at ?? ''}`,
    message: `ESW refused ${refused.length} events one after the other; no more are sent`,
    advice: 'Mend the cause, then send all of them again with retry-emission.',
  };
}

const OVERDUE: Record<WaitId, AttentionCode> = {
  'deadline:new': 'NEW_OVERDUE',
  'deadline:processing': 'PROCESSING_OVERDUE',
  'deadline:parts': 'PARTS_OVERDUE',
  'deadline:settlement': 'SETTLEMENT_OVERDUE',
  'deadline:cancel': 'CANCEL_SILENT',
  'deadline:predecessor': 'PARTS_OVERDUE',
  'policy:resubmit': 'PARTS_OVERDUE',
};

function ofWait({ rule, since, overdue, uncovered, asked }: Wait): Attention[] {
  const began = new Date(since).toISOString();
  const attentions: Attention[] = [];
  if (overdue) {
    const code = OVERDUE[rule];
    attentions.push({
      code,
      key: `${code}|${since}`,
      message: `${rule} is overdue; it began ${began}, and Upvest was asked ${asked} times`,
      advice: 'Ask Upvest what holds the order up.',
    });
  }
  if (uncovered) {
    attentions.push({
      code: 'CALENDAR_UNCOVERED',
      key: `CALENDAR_UNCOVERED|${rule}|${since}`,
      message: `The calendar cannot say when ${rule} is due; Upvest is asked all the same`,
      advice: 'Install a release whose trading calendar covers the market and the year.',
    });
  }
  return attentions;
}

function ofBroker({ record, cancel, isUnknownToBroker }: OrderLife): Attention[] {
  const attentions: Attention[] = [];
  if (isUnknownToBroker) {
    attentions.push({
      code: 'UNKNOWN_TO_BROKER',
      key: 'UNKNOWN_TO_BROKER',
      message: 'Upvest says that it does not know the order',
      advice: 'Check the id and the environment with Upvest; close the order if it never was.',
    });
  }
  if (cancel?.answer !== undefined && cancel.answer.kind !== 'accepted' && !hasEnded(record)) {
    attentions.push({
      code: 'CANCEL_REFUSED',
      key: `CANCEL_REFUSED|${cancel.at}`,
      message: 'Upvest did not take the cancel; the order goes on',
      advice: 'Acknowledge it, or cancel once more later.',
    });
  }
  return attentions;
}

function ofPast({ held, reopened }: OrderLife): Attention[] {
  const attentions: Attention[] = [];
  if (held === 'FIRST_SEEN_FINISHED') {
    attentions.push({
      code: held,
      key: held,
      message: 'The order was first heard of long after its end; ESW may have been told before',
      advice: 'Ask ESW whether it knows the order, then release or close.',
    });
  }
  if (held === 'HEALED_WITHOUT_LEDGER') {
    attentions.push({
      code: held,
      key: held,
      message: 'An earlier run of the workflow cannot be read; ESW may have been told before',
      advice: 'Ask ESW what it has, then release or close.',
    });
  }
  if (reopened !== undefined) {
    attentions.push({
      code: 'REOPENED',
      key: `REOPENED|${reopened.at}`,
      message: `${reopened.actor} has taken the ended order up again: ${reopened.reason}`,
      advice: 'Retry its parked events, look at the result, then close it.',
    });
  }
  return attentions;
}
