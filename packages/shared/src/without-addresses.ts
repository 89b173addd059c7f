/**
 * LastPass's words, as the log may repeat them: they name people by their addresses, and a log is given away to whoever helps.
 * Whom they are about is told by `connector aside`.
 */

/** What a mail address looks like in a sentence; rather too much than too little. */
const address = /[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g;

/** The text with `(address)` for each address. */
export const withoutAddresses = (text: string): string => text.replace(address, '(address)');
