/** Every kind of trouble that the product detects. */
import * as deadlines from './deadlines';
import * as fulfilment from './fulfilment';
import * as histories from './histories';
import * as outcomes from './outcomes';
import * as parked from './parked';
import * as placements from './placements';
import type { Situation } from './situation';

export type { Situation, Subject } from './situation';

export const situations = {
  ...placements,
  ...deadlines,
  ...outcomes,
  ...fulfilment,
  ...histories,
  ...parked,
} satisfies Record<string, Situation>;
