/** The limits as functions over messages: a test double that limits wrongly would prove nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirSyncControl, PageControl } from '@connector/active-directory/controls.ts';
import { FilterParser, ProtocolOperation, SearchRequest } from 'ldapts';
import { dirSyncPages } from './dirsync-pages.ts';
import { limitedAnswer, limitedRequest, refusalOf, windowsLimits } from './limits.ts';
import { cut, decode, type Entry, encode, entryIn, entryMessage, type LdapMessage, resultMessage } from './messages.ts';
import { answerOf, attributesOf, baseOf, dirSyncOf, messagesOf, pageOf } from './search.ts';

const search = (...controls: SearchRequest['controls'] & object): LdapMessage =>
  decode(
    new SearchRequest({
      messageId: 7,
      baseDN: 'DC=example,DC=test',
      filter: FilterParser.parseString('(cn=é)'),
      attributes: ['cn', 'member'],
      controls: [...controls],
    }).write(),
  );
const values = (count: number, from = 0): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`v${index + from}`));
const entry = (name: string, ...attributes: Entry['attributes']): Entry => ({ dn: `CN=${name}`, attributes });
const end = resultMessage(7, ProtocolOperation.LDAP_RES_SEARCH, { status: 0 });
const answerWith = (...entries: Entry[]) => answerOf([...entries.map((each) => entryMessage(7, each)), end]);

describe('messages', () => {
  it('are taken apart and put together without loss, however the bytes arrive', () => {
    const messages = [
      search(new PageControl({ size: 70_000, cookie: Buffer.from([0, 255]) })),
      entryMessage(2 ** 31 - 1, entry('Ü', ['member', values(3_000)], ['cleared', []])),
      resultMessage(0, ProtocolOperation.LDAP_RES_EXTENSION, { status: 52, errorMessage: 'bye' }),
    ];
    const stream = Buffer.concat(messages.map(encode));
    for (const size of [1, 7, 1_000, stream.length]) {
      const found: LdapMessage[] = [];
      let rest: Buffer = Buffer.alloc(0);
      for (let at = 0; at < stream.length; at += size) {
        const received = cut(Buffer.concat([rest, stream.subarray(at, at + size)]));
        rest = received.rest;
        found.push(...received.messages.map(decode));
      }
      assert.deepEqual(found, messages);
    }
  });

  it('tell what a search asks for', () => {
    const request = search(new DirSyncControl({ cookie: Buffer.from('here') }));
    assert.equal(baseOf(request), 'DC=example,DC=test');
    assert.deepEqual(attributesOf(request), ['cn', 'member']);
    assert.deepEqual(dirSyncOf(request), { singleValues: true, cookie: Buffer.from('here') });
    assert.equal(pageOf(request), null);
  });
});

describe('limits', () => {
  it('make a page that is too large smaller, and change nothing else', () => {
    const large = search(new PageControl({ size: 5_000, cookie: Buffer.from('c') }));
    assert.deepEqual(pageOf(limitedRequest(large, windowsLimits)), { size: 1_000, cookie: Buffer.from('c') });
    assert.deepEqual(limitedRequest(large, windowsLimits).content, large.content);
    const small = search(new PageControl({ size: 500, cookie: Buffer.of() }));
    assert.equal(limitedRequest(small, windowsLimits), small);
  });

  it('cut only what has no pages of its own', () => {
    const many = answerWith(...Array.from({ length: 1_001 }, (_, index) => entry(`P${index}`)));
    const statusOf = (request: LdapMessage) => {
      const { entries, end: last } = limitedAnswer(request, many, windowsLimits);
      return [entries.length, last.content[2]];
    };
    assert.deepEqual(statusOf(search()), [1_000, 4]);
    assert.deepEqual(statusOf(search(new PageControl({ size: 5_000, cookie: Buffer.of() }))), [1_001, 0]);
    assert.deepEqual(statusOf(search(new DirSyncControl({ cookie: Buffer.of() }))), [1_001, 0]);
  });

  const rangesOf = (request: LdapMessage, type: string, count: number, from = 0) =>
    limitedAnswer(
      request,
      answerWith(entry('G', [type, values(count, from)])),
      windowsLimits,
    ).entries[0]?.attributes.map(([name, all]) => [name, all.length, String(all[0])]);

  it('give the first 1,500 values as a range beside an empty attribute', () => {
    assert.deepEqual(rangesOf(search(), 'member', 1_500), [['member', 1_500, 'v0']]);
    assert.deepEqual(rangesOf(search(), 'member', 1_501), [
      ['member', 0, 'undefined'],
      ['member;range=0-1499', 1_500, 'v0'],
    ]);
  });

  it('give the next ones under their numbers, and the last with an asterisk', () => {
    assert.deepEqual(rangesOf(search(), 'member;range=1500-*', 2_500, 1_500), [
      ['member;range=1500-2999', 1_500, 'v1500'],
    ]);
    assert.deepEqual(rangesOf(search(), 'member;range=3000-*', 1_000, 3_000), [
      ['member;range=3000-*', 1_000, 'v3000'],
    ]);
  });

  it("leave DirSync's single values alone", () => {
    const request = search(new DirSyncControl({ cookie: Buffer.of() }));
    assert.deepEqual(rangesOf(request, 'member;range=1-1', 2_500), [['member;range=1-1', 2_500, 'v0']]);
  });

  it('refuse what they are to refuse', () => {
    const state = { encrypted: true, notifications: 0 };
    const bind: LdapMessage = { ...search(), operation: ProtocolOperation.LDAP_REQ_BIND };
    assert.equal(refusalOf(bind, state, windowsLimits), null);
    assert.equal(refusalOf(bind, { ...state, encrypted: false }, windowsLimits)?.status, 8);
    const notify = { ...search(), controls: [{ oid: '1.2.840.113556.1.4.528', critical: true, value: null }] };
    assert.equal(refusalOf(notify, { ...state, notifications: 4 }, windowsLimits), null);
    assert.equal(refusalOf(notify, { ...state, notifications: 5 }, windowsLimits)?.status, 11);
    assert.equal(refusalOf(search(), { ...state, notifications: 5 }, windowsLimits), null);
  });
});

describe('dirSyncPages', () => {
  const group = entry(
    'G',
    ['objectGUID', values(1)],
    ['objectClass', values(2)],
    ['member;range=1-1', values(7)],
    ['member;range=0-0', values(2)],
  );

  it('has one empty page of nothing', () => assert.deepEqual(dirSyncPages([], { entries: 2, values: 3 }), [[]]));

  it('holds so many entries in each, in their order', () => {
    const all = Array.from({ length: 5 }, (_, index) => entry(`P${index}`, ['cn', values(1)]));
    const pages = dirSyncPages(all, { entries: 2, values: 3 });
    assert.deepEqual(
      pages.map(({ length }) => length),
      [2, 2, 1],
    );
    assert.deepEqual(pages.flat(), all);
  });

  it('tells the values of one object over several, each once, and what else it has in the first', () => {
    const pages = dirSyncPages([entry('A'), group, entry('B')], { entries: 10, values: 3 });
    const told = pages.map((page) =>
      page.map(({ dn, attributes }) => [dn, ...attributes.map(([type, all]) => `${type} ${all.length}`)]),
    );
    assert.deepEqual(told, [
      [['CN=A'], ['CN=G', 'objectGUID 1', 'objectClass 2', 'member;range=1-1 3', 'member;range=0-0 2']],
      [['CN=G', 'objectGUID 1', 'member;range=1-1 3']],
      [['CN=G', 'objectGUID 1', 'member;range=1-1 1'], ['CN=B']],
    ]);
    const came = pages.flat().flatMap(({ attributes }) => attributes.filter(([type]) => type === 'member;range=1-1'));
    assert.deepEqual(
      came.flatMap(([, all]) => all),
      values(7),
    );
  });
});

it('an answer is told again under another id as it was', () => {
  const answer = answerWith(entry('A', ['cn', values(1)]));
  const again = messagesOf(answer, 9);
  assert.deepEqual(
    again.map(({ id }) => id),
    [9, 9],
  );
  assert.deepEqual(entryIn(again[0] ?? end), answer.entries[0]);
});
