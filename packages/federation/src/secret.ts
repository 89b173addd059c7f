/** Bytes that nobody is to see by accident: not in a log, a job, JSON, a message, or what a debugger's console prints. */
import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const hidden = '[hidden]';

/** Only `reveal` and `bytes` tell what is in it; dispose of it as soon as it isn't needed, and its bytes are zeros. */
export abstract class Secret implements Disposable {
  readonly #bytes: Buffer;
  #isOver = false;

  /** @param bytes become this object's own: don't use them any more */
  protected constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Number of bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The bytes themselves, to reckon with; they are zeros after the end. @throws Error after the end */
  bytes(): Buffer {
    if (this.#isOver) throw new Error('a secret was used after its end, which is a mistake of ours: please report it');
    return this.#bytes;
  }

  /** As base64. A text can't be wiped: make it where it is sent or written, and keep it nowhere. @throws Error after the end */
  reveal(): string {
    return this.bytes().toString('base64');
  }

  /** Whether both are the same bytes, in a time that doesn't tell where they differ. */
  equals(other: this): boolean {
    return this.length === other.length && timingSafeEqual(this.bytes(), other.bytes());
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return `${this.constructor.name} ${hidden}`;
  }

  /** Overwrites the bytes. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#bytes.fill(0);
  }
}
