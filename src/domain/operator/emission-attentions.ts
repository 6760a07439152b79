/** Attentions of events that ESW rejected, does not take, or already had. */
import { MAX_PARTS } from '../broker/record';
import { isCircuitOpen, nameOf, namesOf, type Emission } from '../outbox/outbox';
import { overtakenBy } from '../outbox/overtaken-by';
import { wasBuilt } from '../order/emission';
import type { OrderState } from '../order-state/state';
import type { OpenAttention } from './attention';

export function attentionsOfEmission({ emission, unusableMessages }: OrderState): OpenAttention[] {
  const refused = emission.refused.map((event): OpenAttention => {
    const { status, orderId, executionId, refusal } = event;
    const later = overtakenBy(emission, event);
    const warning = later ? `Sent now, it arrives after ${nameOf(later)}, which ESW has. ` : '';
    const retry = wasBuilt(event) ? 'resend it' : 'build and send it';
    const topic = [status, orderId, executionId].filter((part) => part !== undefined).join('|');
    const whose = refusal.status === undefined ? 'was not sent' : 'was rejected by ESW';
    return {
      code: 'EMISSION_REFUSED',
      key: `EMISSION_REFUSED|${topic}|${refusal.at ?? ''}`,
      ...arisen(refusal),
      message: `${nameOf(event)} ${whose}: ${refusal.message}`,
      advice: `${warning}Fix the cause and ${retry} with retry-emission, or leave it out with skip-emission.`,
    };
  });
  const unexpected = emission.accepted.filter(({ isUnexpected }) => isUnexpected);
  if (unexpected.length > 0) {
    refused.push({
      code: 'ALREADY_AT_ESW',
      key: `ALREADY_AT_ESW|${unexpected.length}`,
      ...arisen(unexpected.at(-1)),
      message: `ESW already had ${namesOf(unexpected)}, although no delivery is known`,
      advice: 'Compare its content with ESW, such as after a reset. Acknowledge it once resolved.',
    });
  }
  const stopped = ofStop(emission);
  if (stopped !== undefined) refused.unshift(stopped);
  if (unusableMessages === 0) return refused;
  const unusable: OpenAttention = {
    code: 'UNUSABLE_MESSAGE',
    key: `UNUSABLE_MESSAGE|${unusableMessages}`,
    message: `${unusableMessages} reports in signals were invalid, or of more than ${MAX_PARTS} children and executions, and were ignored`,
    advice: 'Find out who signals the workflow manually, then reconcile.',
  };
  return [...refused, unusable];
}

/** One attention for all events that wait. */
function ofStop(emission: Emission): OpenAttention | undefined {
  const { pause, refused } = emission;
  if (pause?.why === 'unauthorised') {
    return {
      code: 'EMISSION_STOPPED',
      key: `EMISSION_STOPPED|unauthorised|${pause.since}`,
      since: new Date(pause.since).toISOString(),
      message: `ESW takes no event of this deployment: ${pause.refusal.message}`,
      advice:
        'Fix the tenant, credentials, scope or address of ESW, or the proxy between. The coordinator retries automatically, or at once with retry-emission.',
    };
  }
  if (!isCircuitOpen(emission)) return undefined;
  return {
    code: 'EMISSION_STOPPED',
    key: `EMISSION_STOPPED|refused|${refused[0]?.refusal.at ?? ''}`,
    ...arisen(refused.at(-1)?.refusal),
    message: `No further events are sent: ${stoppedBy(refused)}`,
    advice: 'Fix the cause, then send all of them with retry-emission, or leave them out with skip-emission.',
  };
}

/** Answers of earlier releases have no time. */
function arisen(answer: { at?: string } | undefined): Pick<OpenAttention, 'since'> {
  return answer?.at === undefined ? {} : { since: answer.at };
}

function stoppedBy(refused: Emission['refused']): string {
  const built = refused.filter(wasBuilt).length;
  const unbuilt = refused.length - built;
  return [
    ...(built > 0 ? [`ESW rejected ${built}`] : []),
    ...(unbuilt > 0 ? [`${unbuilt} could not be built`] : []),
  ].join(' and ');
}
