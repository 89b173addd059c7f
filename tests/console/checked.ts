/** What a check has found, as tests of it read it. */
import assert from 'node:assert/strict';
import { type Configuration, parseConfiguration } from '@connector/shared/configuration.ts';
import type { Finding, What } from '../../services/console/src/check/findings.ts';

export class Checked {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    this.findings = findings;
  }

  static async by(findings: AsyncIterable<Finding> | Promise<Finding[]>): Promise<Checked> {
    return new Checked(findings instanceof Promise ? await findings : await Array.fromAsync(findings));
  }

  /** What was looked at, in order, each once. */
  get whats(): What[] {
    return [...new Set(this.findings.map(({ what }) => what))];
  }

  /** What isn't as it should be, as `grade what`. */
  get wrong(): string[] {
    return this.findings.filter(({ grade }) => grade !== 'ok').map(({ grade, what }) => `${grade} ${what}`);
  }

  /** The lines of one thing that was looked at, as `grade: text`. */
  lines(what: What): string[] {
    return this.findings.filter((finding) => finding.what === what).map(({ grade, text }) => `${grade}: ${text}`);
  }

  /** The only line of one thing that was looked at. */
  line(what: What): string {
    const lines = this.lines(what);
    assert.equal(lines.length, 1, `${what}: ${JSON.stringify(this.findings, null, 1)}`);
    return lines[0] ?? '';
  }
}

/** A configuration as the console has it. */
export const configurationOf = (written: object): Configuration =>
  parseConfiguration(
    JSON.stringify({
      directories: [{ id: 'corp', urls: ['ldaps://dc.invalid'], bindDn: 'CN=x', bindPassword: 'x' }],
      lastpass: { cid: '1', provhash: 'p' },
      ...written,
    }),
    { file: 'connector.yaml', environment: {} },
  );
