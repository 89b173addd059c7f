/** Taking the right to read from an account, and giving it back, as an administrator does who tidies up an OU's rights. */
import { join } from 'node:path';
import { python, runSamba } from './run.ts';

interface Right {
  readonly domain: { readonly configurationFile: string };
  /** DN of the account. */
  readonly account: string;
  /** DN of the object; what lies below goes with it. */
  readonly object: string;
}

const setRight = async ({ domain, account, object }: Right, verdict: 'deny' | 'allow'): Promise<void> => {
  const script = join(import.meta.dirname, 'reading_right.py');
  await runSamba(python, [script, domain.configurationFile, account, object, verdict]);
};

/** The account still learns that the object is there, but nothing of it, and sees nothing that lies below. */
export const denyReading = (right: Right): Promise<void> => setRight(right, 'deny');

/** Takes `denyReading` back. */
export const allowReading = (right: Right): Promise<void> => setRight(right, 'allow');
