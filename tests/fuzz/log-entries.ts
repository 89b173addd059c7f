/** Entries of a change log: of a company of fifty, and whatever could stand in their place. */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { LogEntry } from '@connector/shared/directory-state.ts';
import fc from 'fast-check';
import { container, group, guid, patch, user } from '../reconciler/reconciling.ts';
import { nastyText } from './nasty-values.ts';

/** Numbers of the objects besides the root: people, then groups, then containers. */
export const people: readonly number[] = Array.from({ length: 50 }, (_, index) => 100 + index);
const groups: readonly number[] = [200, 201, 202, 203];
const containers: readonly number[] = [300, 301];

const membersOf = (number: number) => people.filter((person) => person % groups.length === number % groups.length);

/** The company, whole; groups of a dozen each, one nested. */
export const company: readonly DirectoryChange[] = [
  ...containers.map((number) => container(number, `OU=Unit ${number}`)),
  ...people.map((number) => user(number, { parent: guid(containers[number % containers.length] ?? 0) })),
  ...groups.map((number) => group(number, `Team ${number}`, [...membersOf(number), ...(number === 200 ? [201] : [])])),
];

/** What really happens to somebody. */
export const rename = (number: number, displayName: string): LogEntry => ({
  type: 'changes',
  caughtUp: true,
  changes: [patch(number, { displayName })],
});

const someGuid = fc.oneof(fc.constantFrom(1, ...people.slice(0, 8), ...groups, ...containers, 900, 901).map(guid));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const number = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 2, 512, 514, 0x820, 513, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const wellFormed = nastyText.map((text) => text.slice(0, 1_000).toWellFormed());

/** A change that the log may hold, as far as its form goes. */
export const anyChange: fc.Arbitrary<DirectoryChange> = fc
  .record(
    {
      guid: someGuid,
      kind: fc.constantFrom('user', 'group', 'container'),
      complete: fc.boolean(),
      deleted: fc.boolean(),
      absent: fc.boolean(),
      rdn: fc.oneof(
        wellFormed,
        wellFormed.map((text) => `CN=${text}`),
      ),
      parent: orNull(someGuid),
      mail: orNull(fc.oneof(wellFormed, fc.constantFrom(...people.map((each) => `u${each}@example.test`)))),
      displayName: orNull(wellFormed),
      givenName: orNull(wellFormed),
      sn: orNull(wellFormed),
      sAMAccountName: orNull(wellFormed),
      userAccountControl: orNull(number),
      accountExpiresMs: orNull(fc.oneof(number, fc.double({ noNaN: true, noDefaultInfinity: true }))),
      primaryGroupId: orNull(number),
      rid: orNull(number),
      isCriticalSystemObject: orNull(fc.boolean()),
      members: fc.record({
        mode: fc.constantFrom('replace', 'delta'),
        add: fc.array(someGuid, { maxLength: 5 }),
        remove: fc.array(someGuid, { maxLength: 5 }),
      }),
      restored: fc.boolean(),
      memberOf: fc.array(someGuid, { maxLength: 3 }),
    },
    { requiredKeys: ['guid', 'complete'] },
  )
  .map((change) => change as DirectoryChange);

const changes = fc.array(anyChange, { maxLength: 5 });
const generation = fc.integer({ min: 0, max: 6 });

/** An entry of the right form that says anything at all, also at a wrong place. */
export const anyEntry: fc.Arbitrary<LogEntry> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('changes'), changes, caughtUp: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('looked-up'), changes }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('page'), generation, changes }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('listed', 'end'), generation }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('begin'),
      generation,
      gap: fc.boolean(),
      bases: fc.record({
        version: wellFormed,
        users: fc.array(someGuid, { maxLength: 2 }),
        groups: fc.array(someGuid, { maxLength: 2 }),
        missing: fc.constant([]),
      }),
    }),
  },
) as fc.Arbitrary<LogEntry>;
