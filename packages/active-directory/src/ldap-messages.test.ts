import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MalformedMessage } from './ber.ts';
import { MessageCutter } from './ldap-messages.ts';

/** A value of BER; lengths of a byte suffice here. */
const value = (tag: number, ...content: readonly (Buffer | readonly number[])[]): Buffer => {
  const bytes = Buffer.concat(content.map((each) => Buffer.from(each)));
  return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
};
const octets = (text: string) => value(0x04, Buffer.from(text));
const id = value(0x02, [7]);
const success = value(0x65, value(0x0a, [0]), octets(''), octets(''));
const attributes = value(0x30, value(0x30, octets('mail'), value(0x31, octets('ann@example.test'))));
const entry = value(0x30, id, value(0x64, octets('CN=Ann'), attributes));
const end = value(0x30, id, success, value(0xa0, value(0x30, octets('1.2'), value(0x01, [0]), octets('x'))));

const cutAll = (...pieces: readonly Buffer[]): Buffer[] => {
  const cutter = new MessageCutter();
  return pieces.flatMap((piece) => [...cutter.messages(piece)]);
};
const isRefused = (message: Buffer) => assert.throws(() => cutAll(message), MalformedMessage, message.toString('hex'));

describe('MessageCutter', () => {
  it('gives messages whole, however they come', () => {
    const all = Buffer.concat([entry, end, entry]);
    const expected = [entry, end, entry].map(String);
    assert.deepEqual(cutAll(all).map(String), expected);
    assert.deepEqual(cutAll(...Array.from(all, (byte) => Buffer.from([byte]))).map(String), expected);
    assert.deepEqual(cutAll(all.subarray(0, -1)).map(String), expected.slice(0, 2), 'the last one is still coming');
  });

  it('takes lengths in the four bytes that Windows writes', () => {
    const content = Buffer.concat([id, success]);
    const long = Buffer.concat([Buffer.from([0x30, 0x84, 0, 0, 0, content.length]), content]);
    assert.deepEqual(cutAll(long), [long]);
  });

  it('refuses lengths that lead out of the message, backwards, or nowhere', () => {
    // Of ldapts' loops over attributes and controls, such a one has no end.
    isRefused(value(0x30, id, value(0x64, octets('CN=Ann'), [0x30, 0x7f, 0x30, 2, 4, 0])));
    isRefused(value(0x30, id, value(0x64, octets('CN=Ann'), [0x30, 0x84, 0xff, 0xff, 0xff, 0xff])));
    isRefused(value(0x30, id, success, [0xa0, 0x05]));
    isRefused(Buffer.from([0x30, 0x80, 0, 0]));
    isRefused(Buffer.from([0x30, 0x85, 0, 0, 0, 0, 1]));
    isRefused(Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]));
  });

  it('refuses a result that lacks a part: without its status it would read as a success', () => {
    isRefused(value(0x30, id, value(0x65)));
    isRefused(value(0x30, id, value(0x65, value(0x0a), octets(''), octets(''))));
    isRefused(value(0x30, id, value(0x65, value(0x0a, [0]))));
    isRefused(value(0x30, id));
    isRefused(value(0x30));
  });

  it('refuses an entry whose attributes are cut short: what lacks would read as cleared', () => {
    isRefused(value(0x30, id, value(0x64, octets('CN=Ann'))));
    isRefused(value(0x30, id, value(0x64, octets('CN=Ann'), value(0x30, value(0x30, octets('mail'))))));
    isRefused(value(0x30, id, value(0x64, octets('CN=Ann'), attributes, attributes)));
  });

  it('refuses what is no LDAP at all', () => {
    for (const text of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\u0016\u0003\u0001', '\0\0\0\0'])
      isRefused(Buffer.from(text));
  });
});
