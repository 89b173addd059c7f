/** Giving rights, and taking them back, as an administrator of Windows does with `dsacls`, which Samba hasn't. */
import { join } from 'node:path';
import { python, runSamba } from './run.ts';

/**
 * Does what some lines of `dsacls` say on a domain: an advice that holds them can be followed to the letter. `/takeownership` is nothing
 * here, as the domain's own database is written.
 * @throws Error where a line can't be carried out, or none is there
 */
export async function obeyDsacls(domain: { readonly configurationFile: string }, advice: string): Promise<void> {
  const lines = [
    ...advice.matchAll(/dsacls "([^"]+)" (\/I:S )?(?:\/takeownership|\/G "([^":]+):([^"]+)"|\/R "([^"]+)")/g),
  ];
  if (lines.length === 0) throw new Error(`there is no line of dsacls in: ${advice}`);
  const script = join(import.meta.dirname, 'give_right.py');
  for (const [, object = '', below, account, right = '', revoked] of lines) {
    const reach = below === undefined ? [] : ['below'];
    if (account !== undefined)
      await runSamba(python, [script, domain.configurationFile, account, object, right, ...reach]);
    if (revoked !== undefined) await runSamba(python, [script, domain.configurationFile, revoked, object]);
  }
}
