/** The file that holds the company's key, as `connector federation key generate` writes it. */
import { readFile } from 'node:fs/promises';
import { CompanyHalf, KeyHalfError } from './key-halves.ts';

/** A file holds no key. The message is one line with the remedy, and tells nothing of what is in the file. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
  readonly code = 'KEY_FILE';
}

/** The key in a file: one line, with or without a byte order mark, and nothing else. Dispose of it. @throws KeyFileError */
export async function readCompanyKey(file: string): Promise<CompanyHalf> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new KeyFileError(`${file} can't be read (${cause.code}): name a file that holds a key`, { cause });
  });
  try {
    return CompanyHalf.from(bytes.toString('utf8').replace(/^\uFEFF|\r?\n$/g, ''));
  } catch (error) {
    if (!(error instanceof KeyHalfError)) throw error;
    throw new KeyFileError(`${file} holds no key, as what is in it ${error.message}`);
  } finally {
    bytes.fill(0);
  }
}
