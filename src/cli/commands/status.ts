/** `portfolio-orders status`. */
import type { Command } from 'commander';
import type { ClockState, PartnerState, Status } from '../../app/ports/partner-status';
import { PARTNERS, type Partner } from '../../domain/views/partner-trouble';
import { describeSkew } from '../../partners/clock-skew';
import { neededToken, print, withHelp, type CommandContext } from '../command-context';
import { EXIT } from '../client/problem';
import { partnerName, sanitized, timeOf } from '../output/text';

export function addStatusCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('status')
    .description(
      'Whether ESW and Upvest answer, how many open orders wait for them, and whether the clock is right.',
    )
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await context.withClient((client) => client.status());
      print(context, json, status, () => [
        ...PARTNERS.map((partner) => partnerLine(partner, status[partner])),
        ...(status.clock === undefined ? [] : [clockLine(status.clock)]),
      ]);
      context.endWith(isOk(status) ? EXIT.done : EXIT.failed);
    });
  withHelp(command, {
    needs: `${neededToken('read')} and DATABASE_URL`,
    examples: [['status', 'Look before looking at single orders; ends with 1 while one fails']],
    notes: [
      'As open orders see it: a partner fails from the first call that an order needed and did not get answered,\n' +
        'and until no open order waits for it. The records database behind it is at most some seconds behind the orders.',
    ],
  });
}

function isOk(status: Status): boolean {
  return PARTNERS.every((partner) => status[partner].state === 'ok') && status.clock?.isOff !== true;
}

function clockLine({ aheadSeconds, isOff }: ClockState): string {
  if (!isOff) return 'Clock   ok';
  const skew = describeSkew(aheadSeconds * 1000, 'Upvest');
  return `Clock   ${skew}: synchronise the server's, or signatures are rejected`;
}

function partnerLine(partner: Partner, state: PartnerState): string {
  const name = partnerName(partner).padEnd(7);
  if (state.state === 'ok') return `${name} ok`;
  const { since, ordersWaiting, lastError } = state;
  return `${name} failing since ${timeOf(since)}, ${waitingOrders(ordersWaiting)}: ${sanitized(lastError)}`;
}

function waitingOrders(count: number): string {
  return count === 1 ? '1 order waits' : `${count} orders wait`;
}
