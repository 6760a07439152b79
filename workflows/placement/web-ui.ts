/** The placement in Markdown, for the details pane of the Temporal Web UI. */
import { problemText } from '../../src/domain/broker/problem';
import type { PlacementView } from '../../contracts/placement';
import { code, plain } from '../../src/domain/values/markdown';
import { provideDetails } from '../current-details';

/** Updates the view for the query and for the Web UI. */
export function show(view: PlacementView, change: Partial<PlacementView>): void {
  Object.assign(view, change);
  provideDetails(() => placementDetails(view));
}

/** What the placement waits for, with the cause while Upvest cannot be searched or read. */
export function waitingFor({ phase, waitingFor: base, searchFailure }: PlacementView): string {
  const isOpen = phase === 'PLACING' || phase === 'UNKNOWN';
  if (searchFailure === undefined || !isOpen) return base;
  const { since, attempts, message } = searchFailure;
  const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return `${base} Upvest could not be read since ${since}, ${count}: ${message.replace(/\.$/, '')}.`;
}

function placementDetails(view: PlacementView): string {
  const { reference, request, phase, portfolioOrderId, candidates = [], problem, stopped } = view;
  const { side, cashAmount, currency, accountId } = request;
  return [
    [
      `**${side} ${cashAmount} ${currency}** as ${code(reference)} on account ${plain(accountId)} is **${phase}**`,
      `Requested ${view.requestedAt}`,
      ...(portfolioOrderId === undefined
        ? []
        : [`Its workflow: ${code(`portfolio-order/${portfolioOrderId}`)}`]),
      `Waiting for: ${plain(waitingFor(view))}`,
    ].join('  \n'),
    ...(problem
      ? [`${problem.retryable ? 'Not placed in time' : 'Upvest answered'}: ${plain(problemText(problem))}`]
      : []),
    ...(stopped ? [`No attempt got through since ${stopped.since}: ${plain(stopped.message)}`] : []),
    ...(candidates.length > 0
      ? [
          `More than one order at Upvest matches; resolve it with \`identify\`:`,
          candidates.map((id) => `- ${plain(id)}`).join('\n'),
        ]
      : []),
  ].join('\n\n');
}
