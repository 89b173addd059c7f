/** Texts that people write to files. Windows' editors and PowerShell put a byte order mark before them, which is no part of what they say. */
import { readFileSync } from 'node:fs';

/** A file holds something else than text in UTF-8. The message says what to do, and tells nothing of what is in the file. */
export class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
  readonly code = 'NOT_UTF8';
  constructor() {
    super('holds no text in UTF-8, such as what > of Windows PowerShell writes; write it anew in that encoding');
  }
}

/** A text, each letter of which matters. @throws NotUtf8; what the file system throws */
export function readTextFile(path: string): string {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // leaves the mark out
  } catch {
    throw new NotUtf8(); // without its cause, which may quote the bytes
  } finally {
    bytes.fill(0);
  }
}

/** Certificates in PEM form, around which anything may stand, in any encoding. @throws what the file system throws */
export const readCertificateFile = (path: string): string => new TextDecoder('utf-8').decode(readFileSync(path));
