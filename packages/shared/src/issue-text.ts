/** What zod finds wrong, in the words of those who wrote it by hand. */

/** Where something stands: `people[3].steps[0].kind`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );

/** What a value of a type is called: `a text`. */
export const articleFor = (type: string): string =>
  ({
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of keys',
  })[type] ?? `a ${type}`;
