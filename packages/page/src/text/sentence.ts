/** Lines of the console, which go on after a name or a colon, as sentences of their own. */

/** With a capital letter, and a full stop unless it ends with a mark. */
export function asSentence(line: string): string {
  const text = line.trim();
  if (text === '') return '';
  const ending = /[.!?…:]["”’)]?$/.test(text) ? '' : '.';
  return text.charAt(0).toLocaleUpperCase('en') + text.slice(1) + ending;
}
