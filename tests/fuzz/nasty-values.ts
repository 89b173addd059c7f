/** Values that programs trip over, and ways to spoil good ones. */
import fc from 'fast-check';

/** Texts with what is special to JSON, JavaScript, Redis, LDAP, terminals or YAML, among ordinary ones. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...['', ' ', '\0', '\u{0}\u{1}\u{1b}[31m', '__proto__', 'constructor', 'toString', 'null', '-1', '1e999', '0x10'],
    ...[
      '\ud800',
      'a\udfffb',
      '\ufffe',
      '\u202e',
      'İ',
      'ß',
      '@tick',
      '{}',
      '[]',
      '"',
      "'",
      '\\',
      '\\\\',
      '\r\n',
      '%00',
      '../..',
    ],
    ...[
      '9'.repeat(400),
      'x'.repeat(70_000),
      'ann@example.test',
      'ANN@EXAMPLE.TEST',
      '*',
      '$HOME',
      '<GUID=x>',
      '9007199254740993',
    ],
  ),
);

/** Any JSON, with nasty texts as keys and values; numbers beyond what a double or an integer holds among them. */
export const nastyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -0, -1, 1, 0.5, 2 ** 53, 1e308, -1e308, Number.MAX_SAFE_INTEGER),
    nastyText,
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(nastyText, tie('any'), { maxKeys: 4 }),
  ),
})).any;

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place in a tree of JSON, as the keys that lead there; the whole is the empty list. */
export function placesIn(value: unknown): (readonly string[])[] {
  const below = Array.isArray(value) || isTree(value) ? Object.entries(value) : [];
  return [[], ...below.flatMap(([key, each]) => placesIn(each).map((place) => [key, ...place]))];
}

/** What is done to one place of a tree. */
export type Spoiling =
  | { readonly kind: 'replace'; readonly by: unknown }
  | { readonly kind: 'remove' }
  | { readonly kind: 'rename'; readonly to: string };

const spoiling: fc.Arbitrary<Spoiling> = fc.oneof(
  { weight: 5, arbitrary: nastyJson.map((by) => ({ kind: 'replace' as const, by })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'remove' as const }) },
  { weight: 1, arbitrary: nastyText.map((to) => ({ kind: 'rename' as const, to })) },
);

/** The tree with one place spoilt. */
function spoilt(value: unknown, place: readonly string[], how: Spoiling): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return how.kind === 'replace' ? how.by : null;
  if (Array.isArray(value)) {
    const index = Number(key);
    if (rest.length === 0 && how.kind === 'remove') return value.toSpliced(index, 1);
    return value.with(index, spoilt(value[index], rest, how));
  }
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([each, inner]): [string, unknown][] => {
      if (each !== key) return [[each, inner]];
      if (rest.length > 0) return [[each, spoilt(inner, rest, how)]];
      if (how.kind === 'remove') return [];
      return how.kind === 'rename' ? [[how.to, inner]] : [[each, how.by]];
    }),
  );
}

/** A tree of JSON that was good, with a few of its places spoilt. */
export const spoiltJson = (good: fc.Arbitrary<unknown>, { most = 3 } = {}): fc.Arbitrary<unknown> =>
  fc.tuple(good, fc.array(fc.tuple(fc.nat(), spoiling), { minLength: 1, maxLength: most })).map(([value, spoilings]) =>
    spoilings.reduce((tree, [at, how]) => {
      const places = placesIn(tree);
      return spoilt(tree, places[at % places.length] ?? [], how);
    }, value),
  );

/** A text that was good, cut, doubled or with characters changed. */
export const spoiltText = (good: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(good, fc.nat(), fc.nat(), fc.oneof(nastyText, fc.constant(''))).map(([text, from, length, put]) => {
    const at = from % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + (length % 20));
  });

/** Bytes that were good, with some cut out, put in or changed. */
export const spoiltBytes = (good: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc.tuple(good, fc.nat(), fc.nat({ max: 6 }), fc.uint8Array({ maxLength: 6 })).map(([bytes, from, length, put]) => {
    const at = from % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + length)]);
  });
