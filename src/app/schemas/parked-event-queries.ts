/** Query schemas of the calls about parked events. */
import { z } from 'zod';
import { PARKING_REASONS } from '../parked-events/parked-events';
import { part } from './paging';

export const reason = z.enum(PARKING_REASONS, { error: `must be one of ${PARKING_REASONS.join(', ')}` });

export const parkedEventQuery = z.strictObject({ reason: reason.optional(), ...part });

export const parkedEventParams = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,300}$/, 'must be the id of a parked event'),
});
