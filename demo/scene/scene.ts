/** Causes every kind of trouble at once and watches the attentions appear. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack, StackOptions } from '../stack';
import { standardPolicies } from '../../src/config/policies';
import type { DevServerOptions } from '../../tools/temporal-server/dev-server';
import { readAttentionList, type AttentionList } from './attention-list';
import type { AttentionName } from './attentions';
import { situations, type Situation, type Subject } from './situations';

/** What takes Upvest a minute or an hour takes less than a second here. */
export const SCENE_PACE = {
  processAfterMs: 300,
  childSpacingMs: 120,
  fillAfterMs: 250,
  settleAfterMs: 900,
  secondMs: 150,
};

/** One order has to reach this limit. Temporal's default of 10,000 takes more than a minute on a slow machine. */
export const SCENE_SERVER = { signalsPerRun: 250 } satisfies Partial<DevServerOptions>;

/** Deadlines of seconds instead of hours, of troubles as well. All other policies have their defaults. */
export const SCENE_STACK = {
  upvest: {
    children: 3,
    pace: SCENE_PACE,
  },
  policies: {
    placedGraceMs: 5_000,
    troubles: { eswAttentionAfterMs: 5_000, upvestAttentionAfterMs: 5_000 },
  },
  deadlines: {
    ...standardPolicies().deadlines,
    new: { askAfterMs: 2_000, attentionAfter: { ms: 4_000 } },
    processing: { askAfterMs: 3_000, attentionAfter: { ms: 6_000 } },
    parts: { askAfterMs: 2_000, attentionAfter: { ms: 4_000 } },
    cancel: { askAfterMs: 2_000, attentionAfter: { ms: 4_000 } },
    quietMs: 500,
    spreadMs: 0,
  },
} satisfies Partial<StackOptions>;

/** A situation of one scene. */
export interface Role {
  situation: Situation;
  /** Of its order, where a client places it. */
  reference: string;
}

export interface Appearance extends Role {
  code: AttentionName;
  /** Where the operators' page shows it. */
  url: string;
  afterMs: number;
}

export interface SceneOptions {
  /** Of all references, so that several scenes can be played on one Temporal server. */
  suffix: string;
  limitMs: number;
  onAppearance: (appearance: Appearance) => void;
  /** A situation that could not be arranged. */
  onFailure: (role: Role, error: unknown) => void;
  /** Ends the scene early. */
  signal?: AbortSignal;
}

export interface SceneResult {
  appeared: Appearance[];
  /** Attentions that have not appeared. */
  missing: (Role & { code: AttentionName })[];
  tookMs: number;
}

export function rolesOf(suffix: string): Role[] {
  return Object.values(situations).map((situation) => ({
    situation,
    reference: `${situation.name}-${suffix}`,
  }));
}

/** Resolves when every attention has appeared, or after the limit. The orders stay as they are. */
export async function playScene(stack: Stack, options: SceneOptions): Promise<SceneResult> {
  const { suffix, limitMs, onAppearance, onFailure, signal } = options;
  const startedAt = Date.now();
  const roles = rolesOf(suffix);
  const expected = roles.flatMap((role) => role.situation.shows.map((code) => ({ ...role, code })));
  const appeared: Appearance[] = [];
  let isOver = false;
  const subjects = new Map<string, Subject>();

  const arranged = arrangeAll(stack, roles, {
    onArranged: ({ reference }, subject) => subjects.set(reference, subject),
    onFailure: (role, error) => {
      if (!isOver) onFailure(role, error);
    },
  });
  const isMissing = ({ reference, code }: Role & { code: string }): boolean =>
    !appeared.some((one) => one.reference === reference && one.code === code);

  while (expected.some(isMissing) && Date.now() - startedAt < limitMs && signal?.aborted !== true) {
    const list = await attentionList(stack);
    for (const one of expected.filter(isMissing)) {
      const listed = list?.find(subjects.get(one.reference) ?? { order: one.reference });
      if (listed?.codes.includes(one.code) !== true) continue;
      const appearance = { ...one, url: listed.url, afterMs: Date.now() - startedAt };
      appeared.push(appearance);
      onAppearance(appearance);
    }
    await sleep(POLL_INTERVAL_MS);
  }
  const missing = expected.filter(isMissing);
  if (missing.length === 0) await arranged;
  // Arrangements that are still running fail on a stack that the caller stops, and that is no news.
  isOver = true;
  return { appeared, missing, tookMs: Date.now() - startedAt };
}

const POLL_INTERVAL_MS = 500;
/** More would wait for each other on a machine with few cores. */
const ARRANGED_AT_ONCE = 8;

interface Arrangement {
  onArranged: (role: Role, subject: Subject) => void;
  onFailure: (role: Role, error: unknown) => void;
}

/** Runs the steps that must be alone one after the other, then all arrangements, some at once. Never rejects. */
async function arrangeAll(
  stack: Stack,
  roles: Role[],
  { onArranged, onFailure }: Arrangement,
): Promise<void> {
  const succeeds = (role: Role, step: Promise<void> | undefined): Promise<boolean> =>
    Promise.resolve(step).then(
      () => true,
      (error: unknown) => {
        onFailure(role, error);
        return false;
      },
    );
  const ready: Role[] = [];
  for (const role of roles) {
    if (await succeeds(role, role.situation.alone?.(stack, role.reference))) ready.push(role);
  }
  const arrange = async (role: Role): Promise<void> => {
    onArranged(role, await role.situation.arrange(stack, role.reference));
  };
  const arrangeOthers = async (): Promise<void> => {
    for (let role = ready.shift(); role !== undefined; role = ready.shift())
      await succeeds(role, arrange(role));
  };
  await Promise.all(Array.from({ length: ARRANGED_AT_ONCE }, arrangeOthers));
}

/** Undefined while the index is too busy to answer; the next poll may succeed. */
function attentionList(stack: Stack): Promise<AttentionList | undefined> {
  return readAttentionList(stack).catch(() => undefined);
}
