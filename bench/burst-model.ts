/**
 * A morning of savings plans as a row of queues: many orders begin with their webhooks at once. Deterministic: each station serves in
 * the order of arrival, and every service takes the time that its rate says. docs/sizing.md#a-morning-of-savings-plans has what it is
 * checked against.
 */
import { Heap } from 'heap-js';

export interface BurstOptions {
  orders: number;
  /** Time over which Upvest makes the orders, evenly; 0 for all at once. */
  overMs: number;
  /** First events of orders in one webhook request. */
  eventsPerRequest: number;
  /** Webhook requests that a server process takes in a second, if their orders cost nothing. */
  requestsPerSecond: number;
  /** Orders that one process starts by signal in a second: the server for webhooks, a worker for parked lists. */
  signalsPerSecond: number;
  /** After this time of a request the server parks the orders that Temporal has not taken, as one list. */
  deliveryMs: number;
  /** Time until a worker delivers a parked list. */
  parkedAfterMs: number;
  workers: number;
  /** First workflow tasks, with the reads of recovery, that a worker process does in a second if it does nothing else. */
  startsPerSecond: number;
  /** Workflows that Temporal starts in a second, whatever the processes do; Infinity for no limit. */
  engineStartsPerSecond: number;
  /** Wait of an order's first event for others. */
  lingerMs: number;
  /** First OrderEvents that a worker process builds, saves and sends in a second if it does nothing else. */
  emissionsPerSecond: number;
  eswLatencyMs: number;
  eswInFlight: number;
}

/** Milliseconds since the first event. */
export interface Moments {
  half: number;
  last: number;
}

export interface Burst {
  /** Upvest has a 200 for the event of the order. */
  acknowledged: Moments;
  /** Temporal has the order's workflow. */
  adopted: Moments;
  /** Its first workflow task is done. */
  started: Moments;
  /** ESW has accepted its first event. */
  emitted: Moments;
  /** Orders whose first event was parked for a moment. */
  parked: number;
}

const SECOND_MS = 1_000;

/** A station with this many servers, each busy for the service time; calls must be made in the order of arrival. */
function station(servers: number): (arrival: number, serviceMs: number) => number {
  const freeAt = new Heap<number>();
  freeAt.init(Array.from({ length: servers }, () => 0));
  return (arrival, serviceMs) => {
    const endsAt = Math.max(arrival, freeAt.peek() ?? 0) + serviceMs;
    freeAt.replace(endsAt);
    return endsAt;
  };
}

/** Sends all through one station, by arrival. @returns the end of each, in the order given */
function passed(arrivals: readonly number[], serve: (arrival: number) => number): number[] {
  const order = arrivals.map((_arrival, index) => index);
  order.sort((one, other) => (arrivals[one] ?? 0) - (arrivals[other] ?? 0));
  const ends = new Array<number>(arrivals.length).fill(0);
  for (const index of order) ends[index] = serve(arrivals[index] ?? 0);
  return ends;
}

function momentsOf(times: readonly number[]): Moments {
  const sorted = [...times].sort((one, other) => one - other);
  return { half: sorted[Math.ceil(sorted.length / 2) - 1] ?? 0, last: sorted.at(-1) ?? 0 };
}

/** What each order of the intake has: when it was acknowledged and adopted. */
interface Intake {
  acknowledged: number[];
  adopted: number[];
  parked: number;
}

/** Upvest sends the requests of a webhook one after another (references/upvest.md#delivery-semantics), so one server is busy at a time. */
function takeIn(options: BurstOptions): Intake {
  const { orders, overMs, eventsPerRequest, workers, deliveryMs, parkedAfterMs } = options;
  const signalMs = SECOND_MS / options.signalsPerSecond;
  const requestMs = SECOND_MS / options.requestsPerSecond;
  const taken: Intake = { acknowledged: [], adopted: [], parked: 0 };
  const webhook = station(1);
  const lists = station(workers);
  const inTime = Math.floor(deliveryMs / signalMs);
  for (let first = 0; first < orders; first += eventsPerRequest) {
    const count = Math.min(eventsPerRequest, orders - first);
    const signalled = Math.min(count, inTime);
    // A request leaves when its last event is made.
    const made = (overMs * (first + count)) / orders;
    const endsAt = webhook(made, Math.max(requestMs, signalled * signalMs));
    const beganAt = endsAt - signalled * signalMs;
    const listEndsAt = count > signalled ? lists(endsAt + parkedAfterMs, (count - signalled) * signalMs) : 0;
    for (let index = 0; index < count; index += 1) {
      taken.acknowledged.push(endsAt);
      const isParked = index >= signalled;
      taken.adopted.push(isParked ? listEndsAt : beganAt + (index + 1) * signalMs);
      if (isParked) taken.parked += 1;
    }
  }
  return taken;
}

/** The threads of the workers do first workflow tasks and, once the linger is over, first events, as they come. */
function worked(
  arrivals: readonly number[],
  { workers, startsPerSecond, emissionsPerSecond, lingerMs }: BurstOptions,
): { started: number[]; built: number[] } {
  interface Job {
    at: number;
    order: number;
    isStart: boolean;
  }
  const jobs = new Heap<Job>((one, other) => one.at - other.at);
  jobs.init(arrivals.map((at, order) => ({ at, order, isStart: true })));
  const thread = station(workers);
  const started = new Array<number>(arrivals.length).fill(0);
  const built = new Array<number>(arrivals.length).fill(0);
  for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
    const { at, order, isStart } = job;
    const endsAt = thread(at, SECOND_MS / (isStart ? startsPerSecond : emissionsPerSecond));
    if (isStart) jobs.push({ at: endsAt + lingerMs, order, isStart: false });
    (isStart ? started : built)[order] = endsAt;
  }
  return { started, built };
}

export function simulateBurst(options: BurstOptions): Burst {
  const { workers, engineStartsPerSecond, eswLatencyMs, eswInFlight } = options;
  const { acknowledged, adopted, parked } = takeIn(options);
  const engine = station(1);
  const inEngine = passed(adopted, (at) => engine(at, SECOND_MS / engineStartsPerSecond));
  const { started, built } = worked(inEngine, options);
  const esw = station(workers * eswInFlight);
  const emitted = passed(built, (at) => esw(at, eswLatencyMs));
  return {
    acknowledged: momentsOf(acknowledged),
    adopted: momentsOf(inEngine),
    started: momentsOf(started),
    emitted: momentsOf(emitted),
    parked,
  };
}

/** The fewest worker processes with which ESW has every first event in time; undefined if no number of them helps. */
export function workersWithin(options: BurstOptions, withinMs: number): number | undefined {
  const isInTime = (workers: number): boolean =>
    simulateBurst({ ...options, workers }).emitted.last <= withinMs;
  let enough = 1;
  while (!isInTime(enough)) {
    enough *= 2;
    if (enough > MOST_WORKERS) return undefined;
  }
  let tooFew = enough / 2;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isInTime(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** Beyond it something else is the limit. */
const MOST_WORKERS = 256;
