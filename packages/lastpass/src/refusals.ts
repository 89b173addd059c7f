/** Whom an error text speaks of: LastPass names accounts only inside sentences. */
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import type { Refusal } from './errors.ts';

/** The end of a text on which an address goes on: `ann@example.com` isn't named within `jo.ann@…` or `o'ann@…`. */
const GOES_ON_BEFORE = /[\p{L}\p{N}._%+@-]'?$/u;
/** The start of a text with which an address goes on; a full stop alone ends the sentence. */
const GOES_ON_AFTER = /^(\.?[\p{L}\p{N}]|[@_-])/u;

/** Each text with the account of the call that it names; texts that name none are left out. */
export function refusalsIn(messages: string[], usernames: string[]): Refusal[] {
  return messages.flatMap((message) =>
    usernames.filter((name) => names(message, name)).map((username) => ({ username, message })),
  );
}

/** Whether the text speaks of an account that isn't there. */
export function saysUnknownUser(message: string): boolean {
  return /no such user|user not found|is not a valid user|does not exist/i.test(message);
}

const SEAT = /\b(licen[cs]es?|seats?)\b/i;

/**
 * Whether the text speaks of licences, of which none is free [?: LastPass's own words aren't on record].
 * @param quoted what LastPass was told of whom it refuses: a text that repeats it, or an address, speaks of somebody, not of licences
 */
export function saysNoSeat(message: string, quoted: readonly string[]): boolean {
  const others = quoted.map(inOneLine).filter(isMoreThanSeat);
  return SEAT.test(withoutAddresses(others.reduce((left, text) => left.replaceAll(text, ''), message)));
}

/** A group that is called "licenses" and nothing else can't be told from LastPass's own word, which counts then. */
const isMoreThanSeat = (text: string): boolean => (SEAT.exec(text)?.[0].length ?? text.length) < text.length;

/** As error texts are. */
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function names(message: string, username: string): boolean {
  const text = message.toLowerCase();
  const name = username.toLowerCase();
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!GOES_ON_BEFORE.test(text.slice(0, at)) && !GOES_ON_AFTER.test(text.slice(at + name.length))) return true;
  }
  return false;
}
