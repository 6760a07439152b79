/**
 * Thrown by the ports of the records database while it cannot be reached, does not answer in time or takes no more
 * connections. Over HTTP it is 503 `RECORDS_UNAVAILABLE`; the cause is for the log.
 */
export class RecordsUnavailable extends Error {
  override readonly name = 'RecordsUnavailable';
  constructor(options?: ErrorOptions) {
    super('The records database did not answer in time.', options);
  }
}
