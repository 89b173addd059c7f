/** Where somebody's K1 comes from. */
import { KeyFileError, readCompanyKey } from '@connector/federation/company-key-file.ts';
import { type FragmentId, fragmentIdOf } from '@connector/federation/derived.ts';
import type { CompanyHalf } from '@connector/federation/key-halves.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { useCompanyKey } from '@connector/sync/federation/company-key-in-use.ts';

/** Somebody can't be provisioned, or nobody can. The message says what is wrong and what to do, and tells nothing of a key. */
export class KeyTrouble extends Error {
  override readonly name = 'KeyTrouble';
  readonly code = 'KEY_TROUBLE';
  /** Whether it is about this person alone. */
  readonly ofOne: boolean;

  constructor(message: string, { ofOne, cause }: { ofOne: boolean; cause?: unknown }) {
    super(message, { cause });
    this.ofOne = ofOne;
  }
}

/** For whom K1 is wanted, and the fragment id of the K1 that their registered K2 belongs to; `null`: none is registered yet. */
export interface WantedHalf {
  readonly person: PersonKey;
  readonly username: string;
  readonly registered: FragmentId | null;
}

/** One batch's K1s; dispose of it, and of each. */
export interface CompanyHalves extends AsyncDisposable {
  /** @throws KeyTrouble */
  of(wanted: WantedHalf): Promise<CompanyHalf>;
}

/** The company's key, and which one it has to be. */
export interface CompanyKey {
  readonly file: string;
  readonly fragmentId: string;
}

/** The company's key, from its file: read anew for everybody, so that it stays in memory no longer, and may be mended while all runs. */
export function companyKeyFrom(store: Store, { file, fragmentId }: CompanyKey): CompanyHalves {
  let isNoted = false;
  /** The configuration may have been changed together with the file. */
  const note = async () => {
    const inUse = await useCompanyKey(store, fragmentId);
    if (inUse !== fragmentId)
      throw new KeyTrouble(
        `federation.companyKeyFragmentId names another company key (${fragmentId}) than people are provisioned with (${inUse}): put that and its file back, for AD FS hands out one key, and no other opens their vaults; if nobody has it yet, "connector federation key forget" lets go of it`,
        { ofOne: false },
      );
    isNoted = true;
  };
  return {
    async of() {
      if (!isNoted) await note();
      const k1 = await readCompanyKey(file).catch((error: unknown) => {
        if (!(error instanceof KeyFileError)) throw error;
        throw new KeyTrouble(`federation.companyKeyFile: ${error.message}`, { ofOne: false, cause: error });
      });
      const found = fragmentIdOf(k1);
      if (found === fragmentId) return k1;
      k1[Symbol.dispose]();
      throw new KeyTrouble(
        `${file} holds another company key (fragment id ${found}) than federation.companyKeyFragmentId names (${fragmentId}): put that one back from its copy, for no other opens the vaults of those who were provisioned with it`,
        { ofOne: false },
      );
    },
    async [Symbol.asyncDispose]() {},
  };
}
