/** What zod finds wrong, in the words of those who wrote it by hand. */

/** Where something stands: `people[3].steps[0].kind`; a key that could be taken for something else in quotes: `policy.": "`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = /^[\w-]+$/.test(String(part)) ? String(part) : JSON.stringify(String(part));
    return text ? `${text}.${key}` : key;
  }, '');

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
