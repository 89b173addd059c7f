/** The floor for reading: `ldapsearch`, asking for what the connector asks for in pages of 1,000, signed in as it is. */
import { objectAttributes, objectFilter } from '@connector/active-directory/entry-to-change.ts';
import { Program } from '../../support/child-process.ts';

export interface Directory {
  readonly url: string;
  readonly caFile: string;
  readonly baseDn: string;
  readonly bindDn: string;
  readonly password: string;
}

/** @returns how long it took, ms */
export async function readWithLdapsearch({ url, caFile, baseDn, bindDn, password }: Directory): Promise<number> {
  const beganMs = performance.now();
  const ldapsearch = new Program({
    command: 'sh', // its output goes nowhere, so that nobody has to read it
    args: [
      ...['-c', 'exec ldapsearch "$@" >/dev/null', 'sh', '-x', '-LLL', '-o', 'ldif-wrap=no', '-E', 'pr=1000/noprompt'],
      ...['-H', url, '-D', bindDn, '-w', password, '-b', baseDn, objectFilter, ...objectAttributes],
    ],
    env: { LDAPTLS_CACERT: caFile },
  });
  const code = await ldapsearch.ended;
  if (code !== 0) throw new Error(`ldapsearch ended with ${code}: ${ldapsearch.output}`);
  return performance.now() - beganMs;
}
