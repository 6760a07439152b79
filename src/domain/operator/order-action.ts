/** Operations on an order, by the name of its API path and of its command. */
export type OrderAction =
  | 'cancel'
  | 'reconcile'
  | 'acknowledge'
  | 'retry-emission'
  | 'skip-emission'
  | 'release'
  | 'close'
  | 'reopen'
  | 'identify';
