/** What was typed can't be meant. */

/** The message is one line that says what is wrong, and where to look. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
  readonly code = 'USAGE';

  /**
   * @param message as commander words it: `error: unknown option '--jsn'\n(Did you mean --json?)`
   * @param command whose help tells more: `connector held`
   */
  constructor(message: string, { command }: { command: string }) {
    const [problem = '', ...hints] = message
      .replace(/^error: /, '')
      .trim()
      .split('\n');
    super(`${[problem.replace(/\.$/, ''), ...hints].join(' ')}: see "${command} --help"`);
  }
}
