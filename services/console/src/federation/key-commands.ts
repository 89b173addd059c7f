/** `connector federation key`: the company's key of federated log-in, as a text that is to be kept, and letting go of one. */
import { KeyFileError, readCompanyKey } from '@connector/federation/company-key-file.ts';
import { type FragmentId, fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf } from '@connector/federation/key-halves.ts';
import { forgetCompanyKey, readCompanyKeyInUse } from '@connector/sync/federation/company-key-in-use.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { writeNew } from '../new-file.ts';
import { counted } from '../text/when.ts';

/** Making and verifying one needs neither configuration nor Redis: a key may be made on a machine that knows nothing else. */
type Speaking = Pick<Context, 'terminal'>;

export interface GenerateOptions extends Common {
  /** Where it is written; `null`: it is printed. */
  readonly out: string | null;
}

/** Makes a company key. @throws FileNotWritten, KeyFileError */
export async function generateKey({ terminal }: Speaking, { out, json }: GenerateOptions): Promise<ExitCode> {
  using k1 = CompanyHalf.random();
  const fragmentId = fragmentIdOf(k1);
  if (out !== null) {
    writeNew(out, `${k1.reveal()}\n`);
    using written = await readCompanyKey(out);
    if (fragmentIdOf(written) !== fragmentId)
      throw new KeyFileError(`${out} holds another key than was written: look after the disk, and make another`);
  }
  if (json) printJson({ terminal }, { key: out === null ? k1.reveal() : null, file: out, fragmentId, matches: null });
  else if (out === null) {
    print({ terminal }, [k1.reveal()]);
    // Not among what a script takes from its output.
    for (const line of [`The fragment id of this key is ${fragmentId}; the key isn't shown again.`, ...warning])
      terminal.problem(`connector: ${line}`);
  } else print({ terminal }, [`Wrote a new company key to ${out}. Its fragment id is ${fragmentId}.`, ...warning]);
  return 0;
}

const warning = [
  'Whoever loses it loses the vault of everybody who was provisioned with it: nobody can make it again.',
  'Keep a copy off this machine now, see with "connector federation key verify" that the copy can be read, and keep the fragment id beside it.',
];

export interface VerifyOptions extends Common {
  readonly file: string;
  /** What it is held against; `null`: it is only told. */
  readonly expected: FragmentId | null;
}

/** Tells the fragment id of a key in a file, and whether it is the expected one. @throws KeyFileError */
export async function verifyKey({ terminal }: Speaking, { file, expected, json }: VerifyOptions): Promise<ExitCode> {
  using k1 = await readCompanyKey(file);
  const fragmentId = fragmentIdOf(k1);
  const matches = expected === null ? null : fragmentId === expected;
  if (json) printJson({ terminal }, { key: null, file, fragmentId, matches });
  else print({ terminal }, [sentence({ file, fragmentId, matches, terminal })]);
  return matches === false ? 1 : 0;
}

interface Verified extends Speaking {
  readonly file: string;
  readonly fragmentId: FragmentId;
  readonly matches: boolean | null;
}

function sentence({ file, fragmentId, matches, terminal: { paint } }: Verified): string {
  if (matches === null) return `${file} holds the key of fragment id ${fragmentId}: compare it, or give --fragment-id.`;
  if (matches) return `${paint('good', 'the same')}   ${file} holds the key of that fragment id.`;
  return `${paint('bad', 'another')}    ${file} holds the key of fragment id ${fragmentId}: don't use it in place of the one that you look for.`;
}

/** The company's key is somebody's, or about to be. */
export class KeyInUse extends Error {
  override readonly name = 'KeyInUse';
  readonly code = 'KEY_IN_USE';
}

/** Lets go of the company key that was noted as the one in use, as long as nobody has it. @throws KeyInUse */
export async function forgetKey(context: Context, { json }: Common): Promise<ExitCode> {
  const { store } = context.session;
  const fragmentId = await readCompanyKeyInUse(store);
  const holders = await forgetCompanyKey(store);
  if (holders > 0)
    throw new KeyInUse(
      `${counted(holders, 'person has', 'people have')} the company's key of fragment id ${fragmentId}, or ${holders === 1 ? 'is' : 'are'} about to: no other opens their vaults`,
    );
  await store.makeDurable(); // what is told below must outlive a crash of Redis
  if (json) printJson(context, { key: null, file: null, fragmentId, matches: null });
  else
    print(context, [
      fragmentId === null
        ? 'No company key is in use.'
        : `The company's key of fragment id ${fragmentId} isn't in use any more: the next one may be another.`,
    ]);
  return 0;
}
