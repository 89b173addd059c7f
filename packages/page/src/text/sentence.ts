/** Lines of the console, which go on after a name or a colon, as sentences of their own. */

/** A key of the configuration, a server's name, a command of LastPass with a number: these keep their small letter. */
const isName = (word: string): boolean => /[A-Z0-9]|[./=]\S/.test(word.slice(1));

/** With a capital letter, unless it begins with a name, and a full stop unless it ends with a mark. */
export function asSentence(line: string): string {
  const text = line.trim();
  if (text === '') return '';
  const ending = /[.!?…:]["”’)]?$/.test(text) ? '' : '.';
  const [first = ''] = text.split(' ', 1);
  return (isName(first) ? text : text.charAt(0).toLocaleUpperCase('en') + text.slice(1)) + ending;
}
