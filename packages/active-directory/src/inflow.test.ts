import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Inflow, partSize } from './inflow.ts';
import type { LdapEntry } from './ldap-entry.ts';

const entry = (number: number): LdapEntry => ({ dn: `CN=${number}`, values: new Map() });
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

/** An inflow, and whether its flow is held. */
function inflow() {
  const state = { held: false };
  const set = (held: boolean) => () => {
    state.held = held;
  };
  const flow = { hold: set(true), release: set(false) };
  return { state, inflow: new Inflow(flow) };
}

describe('Inflow', () => {
  it('holds the flow from when a part is full until the next one is asked for', async () => {
    const { state, inflow: entries } = inflow();
    const first = entries.next();
    for (const number of numbers(1, partSize.entries - 1)) entries.add(entry(number), 1);
    assert.equal(state.held, false);
    entries.add(entry(partSize.entries), 1);
    entries.add(entry(partSize.entries + 1), 1); // had been read already
    assert.equal(state.held, true);
    assert.equal((await first)?.length, partSize.entries + 1);
    assert.equal(state.held, true, 'the part is being used');
    const second = entries.next();
    assert.equal(state.held, false);
    entries.add(entry(0), 1);
    entries.end();
    assert.deepEqual(await second, [entry(0)]);
    assert.equal(await entries.next(), null);
  });

  it('is full with few entries when they are large', async () => {
    const { state, inflow: entries } = inflow();
    entries.add(entry(1), partSize.bytes - 1);
    assert.equal(state.held, false);
    entries.add(entry(2), 1);
    assert.equal(state.held, true);
    assert.deepEqual(await entries.next(), [entry(1), entry(2)]);
    assert.equal(state.held, false);
  });

  it('gives each entry once and in order, whoever is faster', async () => {
    const { inflow: entries } = inflow();
    const given: string[] = [];
    const taking = (async () => {
      for (let part = await entries.next(); part !== null; part = await entries.next())
        given.push(...part.map(({ dn }) => dn));
    })();
    for (const number of numbers(0, 3 * partSize.entries)) {
      entries.add(entry(number), 100);
      if (number % 700 === 0) await new Promise((done) => setImmediate(done));
    }
    entries.end();
    await taking;
    assert.deepEqual(
      given,
      numbers(0, 3 * partSize.entries).map((number) => `CN=${number}`),
    );
  });

  it('has no part of nothing', async () => {
    const { inflow: entries } = inflow();
    entries.end();
    assert.equal(await entries.next(), null);
    assert.equal(entries.isOver, true);
  });
});
