/** Names for a company, the same ones in each run. */

const givenNames = [
  ...['Anna', 'Ben', 'Clara', 'David', 'Elif', 'Felix', 'Greta', 'Hamid', 'Ines', 'Jonas', 'Katharina', 'Lukas'],
  ...['Mara', 'Nils', 'Olga', 'Paul', 'Rosa', 'Samuel', 'Tereza', 'Uwe', 'Vera', 'Wim', 'Yara', 'Zoë', 'Björn'],
];
const surnames = [
  ...['Adler', 'Brandt', 'Costa', 'Dvořák', 'Engel', 'Fischer', 'García', 'Hoffmann', 'Ivanova', 'Jansen', 'Krüger'],
  ...['Lehmann', 'Möller', 'Novák', 'Øster', 'Peters', 'Quandt', 'Richter', 'Schäfer', 'Thomsen', 'Ünal', 'Vogt'],
  ...['Weber', 'Yıldız', 'Zimmer'],
];

export interface Name {
  readonly givenName: string;
  readonly sn: string;
  /** Letters a to z, digits and dots: `bjoern.oester`. */
  readonly login: string;
}

const spelled: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', ø: 'oe', ı: 'i' };

/** A name in letters that any mail system takes. */
export const spelledOut = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[äöüßøı]/g, (letter) => spelled[letter] ?? letter)
    .normalize('NFD')
    .replace(/[^a-z0-9]/g, '');

/** The name with a number: each combination comes once in 625 numbers. */
export function nameOfNumber(number: number): Name {
  const givenName = givenNames[number % givenNames.length] ?? '';
  const sn = surnames[(number + Math.floor(number / givenNames.length)) % surnames.length] ?? '';
  return { givenName, sn, login: `${spelledOut(givenName)}.${spelledOut(sn)}` };
}
