/** Bugs that `make chaos` must find: each takes away one thing that a promise rests on, by an exact replacement of the product's text. */

export interface Replacement {
  /** Path from the repository's root. */
  readonly file: string;
  /** Occurs there exactly once. */
  readonly text: string;
  readonly by: string;
}

export interface PlantedBug {
  readonly name: string;
  readonly replacements: readonly Replacement[];
}

const changeLog = 'services/watcher/src/change-log.ts';
const claims = 'services/pusher/src/claims.ts';
const round = 'services/pusher/src/round.ts';
const deliver = 'services/pusher/src/deliver.ts';
const apply = 'packages/sync/src/mirror/apply.ts';
const takeOver = 'packages/sync/src/accounts/take-over.ts';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'no fence: a watcher that slept appends what it had read before, after what others have read since',
    replacements: [
      {
        file: changeLog,
        text: "guards: [this.#lease.guard, { command: ['GET', keys.cursor], is: this.#raw }],",
        by: 'guards: [],',
      },
      {
        file: changeLog,
        text: '    const next: Cursor = {',
        by: `    const now = parseStored(cursor, keys.cursor, await this.#store.redis.get(keys.cursor)).value ?? firstCursor;
    this.#cursor = { ...this.#cursor, sequence: now.sequence };
    const next: Cursor = {`,
      },
    ],
  },
  {
    name: 'the cookie is saved before what was read with it',
    replacements: [
      {
        file: changeLog,
        text: '    const outcome = await this.#store.commit({',
        by: `    const early = JSON.stringify({ ...this.#cursor, ...moved });
    const guards = [this.#lease.guard, { command: ['GET', keys.cursor], is: this.#raw }];
    const saved = await this.#store.commit({ guards, writes: [['SET', keys.cursor, early]] });
    if (!saved.committed) throw new Fenced('superseded');
    this.#raw = early;
    const outcome = await this.#store.commit({`,
      },
    ],
  },
  {
    name: 'no claim: several pushers deliver to the same people at once, and what each sends and records counts',
    replacements: [
      {
        file: claims,
        text: "    return [{ command: ['EXISTS', keys.alive(this.#pusher)], is: '1' }, ...held];",
        by: '    return held.slice(held.length);',
      },
      {
        file: claims,
        text: 'const free = due.filter((person) => heldForMs.get(person) === null);',
        by: 'const free = due;',
      },
      { file: claims, text: 'unsettled: ownerOf.get(person) !== null', by: 'unsettled: false' },
    ],
  },
  {
    name: 'no read-back after a crash: what was left unsettled is sent again',
    replacements: [
      {
        file: deliver,
        text: 'const isUnsettled = (each: Loaded) => each.unsettled || each.intent !== null || isToSettle(each, nowMs);',
        by: 'const isUnsettled = (_: Loaded) => false;',
      },
      {
        file: round,
        text: 'if (fromMs <= Date.now()) return this.#withoutExisting(planned, { knownSinceMs: fromMs });',
        by: 'if (fromMs <= Date.now()) return planned;',
      },
    ],
  },
  {
    name: 'no read-back after a lost answer: the call is taken for done',
    replacements: [
      {
        file: round,
        text: "if (error.arrived === 'perhaps') return this.#failures.unanswered(call, sent, error);",
        by: `if (error.arrived === 'perhaps') return this.#record(call, sent, { refused: new Map(), unchanged: new Set(), slowDown: null });`,
      },
    ],
  },
  {
    name: 'a new generation of the mirror comes into use before it is complete',
    replacements: [
      {
        file: apply,
        text: 'return { state: { ...state, building, listed: false, gap, elsewhere }, writes: abandoned, people: [] };',
        by: 'return { state: { ...state, current: building, building, listed: false, gap, elsewhere }, writes: abandoned, people: [] };',
      },
    ],
  },
  {
    name: 'no intent is written before a create',
    replacements: [
      {
        file: 'packages/sync/src/accounts/account-changes.ts',
        text: "writes.push(['HSET', keys.intents, person, JSON.stringify(intent)], ['HSET', keys.creating, username, person]);",
        by: '',
      },
    ],
  },
  {
    name: 'an intent isn’t honoured: a create that isn’t there yet is repeated at once',
    replacements: [
      {
        file: 'services/pusher/src/settling.ts',
        text: 'intent.settlesAtMs > nowMs',
        by: 'intent.settlesAtMs > Number.POSITIVE_INFINITY',
      },
    ],
  },
  {
    name: 'the guard is bypassed: every leaver’s plan is cleared as it is made',
    replacements: [
      {
        file: 'packages/sync/src/plan/plan-writes.ts',
        text: "cleared: planned.guarded !== null && decided !== undefined && decided !== 'rejected',",
        by: 'cleared: planned.guarded !== null,',
      },
    ],
  },
  {
    name: 'accounts that exist aren’t adopted',
    replacements: [
      {
        file: 'packages/sync/src/plan/make-plan.ts',
        text: '  if (account !== null) return adopt(inputs, account, leaving);\n  if (leaving !== null) return nothing;',
        by: '  if (leaving !== null) return nothing;',
      },
    ],
  },
  {
    name: 'whether somebody was touched since isn’t checked',
    replacements: [
      {
        file: 'packages/sync/src/plan/known-state.ts',
        text: "({ command: ['HGET', hashes[index] ?? '', person], is }));",
        by: "({ command: ['HGET', hashes[index] ?? '', person], is })).slice(1);",
      },
      {
        file: 'services/pusher/src/last-look.ts',
        text: "{ command: ['HGET', keys.touched, person], is: String(current.inputs.touched) },",
        by: '',
      },
      { file: deliver, text: 'String(current.inputs.touched) === touched &&', by: '' },
    ],
  },
  {
    name: 'absence is taken for deletion',
    replacements: [
      { file: apply, text: 'isAbsent ? { ...object, absent: true } : tombstone(object)', by: 'tombstone(object)' },
    ],
  },
  {
    name: 'a reading of all accounts overwrites what was changed meanwhile',
    replacements: [
      {
        file: takeOver,
        text: '  left = left.filter(({ changedAt, claim }) => claim === null && Number(changedAt ?? 0) <= beganAt);',
        by: '',
      },
      {
        file: takeOver,
        text: 'const guarded = left.map((each) => ({ each, guards: guardsOf(store, each) }));',
        by: 'const guarded = left.map((each) => ({ each, guards: [] as Guard[] }));',
      },
    ],
  },
  {
    name: 'two appliers: what was worked out for an older mirror is written all the same',
    replacements: [
      {
        file: apply,
        text: "  const guards = [{ command: ['GET', keys.mirrorState], is: raw }];\n  const readAtMs",
        by: '  const guards: Guard[] = [];\n  const readAtMs',
      },
    ],
  },
  {
    name: 'nobody sweeps for deliveries that no bell rings for',
    replacements: [
      {
        file: 'services/pusher/src/pusher.ts',
        text: 'if (isDue && (await isAllowed())) await accountUpdates.sweep({});',
        by: '',
      },
    ],
  },
];
