/** What a unit of systemd says, as systemd reads it: `systemd.syntax(7)`, as far as ours go. */
import { readFile } from 'node:fs/promises';

export class UnitFile {
  readonly #settings: readonly (readonly [key: string, value: string])[];

  constructor(text: string, instance: string) {
    this.#settings = text
      .split('\n')
      .filter((line) => /^[A-Z]\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replaceAll('%i', instance)]);
  }

  static async read(path: string, instance: string): Promise<UnitFile> {
    return new UnitFile(await readFile(path, 'utf8'), instance);
  }

  /** Every value of a key, in the order in which they stand. */
  all(key: string): readonly string[] {
    return this.#settings.filter(([name]) => name === key).map(([, value]) => value);
  }

  /** @throws Error unless there is exactly one */
  one(key: string): string {
    const [value, ...others] = this.all(key);
    if (value === undefined || others.length > 0)
      throw new Error(`the unit has ${others.length ? 'several' : 'no'} ${key}=`);
    return value;
  }
}
