/** The whole story: from somebody in Active Directory to a log-in that K1 and K2 open, wherever a pusher was killed. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fragmentIdOf, HiddenMasterPassword } from '@connector/federation/derived.ts';
import { CompanyHalf, LastPassHalf } from '@connector/federation/key-halves.ts';
import type { FederationSettings } from '@connector/shared/federation-settings.ts';
import { Stack } from '../support/stack.ts';
import { clientOf } from './federated-client.ts';

const preload = pathToFileURL(resolve(import.meta.dirname, '../faults/crash-preload.ts')).href;
const token = 'token-of-this-rehearsal';

/** What of the configuration one way takes. */
type FederationSection = Pick<FederationSettings, 'companyKeyFile' | 'companyKeyFragmentId' | 'attribute'>;

/** A way of federated log-in, as a story is told of it. */
export interface Way {
  readonly mode: 'companyKey' | 'userKey';
  /** Makes everything ready that only this way takes. @returns its part of the configuration */
  readonly prepare: (stack: Stack) => Promise<FederationSection>;
  /** K1, as AD FS reads it, and hands it on as `LastPassKeyPart`. */
  readonly keyPartOf: (stack: Stack, guid: string) => Promise<string>;
  /** Between which two steps a pusher is killed, by the effects of `crash-preload.ts`. */
  readonly crashes: readonly string[];
  /** Loses somebody's K1. */
  readonly lose: (stack: Stack, guid: string) => Promise<void>;
  /** What is told of it then. */
  readonly lost: RegExp;
}

/** From before K2 is looked for to after LastPass has the account. */
export const crashesOfAll: readonly string[] = [
  'before:call registered',
  'before:call register',
  'after:call register',
  'before:call batchadd',
  'after:call batchadd',
];

/** Tells the story, as tests. */
export function tellStory({ mode, prepare, keyPartOf, crashes, lose, lost }: Way): void {
  const lines: string[] = [];
  let stack: Stack;
  let people: string;

  before(async () => {
    stack = await Stack.create({ onLine: (_, line) => lines.push(line) });
    await stack.simulator.settings({ keyRegistrarToken: token });
    const url = new URL('/key-registrar/', stack.simulator.apiUrl).href;
    await stack.configure({
      policy: { federation: mode, guard: { firstCreates: 10_000 } },
      federation: { registrar: { url, token }, ...(await prepare(stack)) },
    });
    people = `OU=People,${stack.domain.baseDn}`;
    await stack.admin.createOu({ name: 'People' });
    stack.startAll();
    await stack.settled();
  });
  after(() => stack[Symbol.asyncDispose]());

  const hire = (name: string) => stack.admin.createUser({ name, mail: `${name}@company.test`, ou: people });
  let ann: string;

  test('somebody who appears in Active Directory can log in by K1, and gets no welcome e-mail', async () => {
    ann = await hire('Ann');
    await stack.settled();
    const client = clientOf(stack.simulator);
    await client.logsIn('ann@company.test', await keyPartOf(stack, ann));
    const wrong = CompanyHalf.random().reveal();
    await assert.rejects(client.logsIn('ann@company.test', wrong), /getkey: HTTP 404/);
    await assert.rejects(stack.simulator.login('ann@company.test', { LastPassKeyPart: wrong }), /401/);
    assert.deepEqual((await stack.simulator.state()).welcomeEmails, {});
  });

  for (const at of crashes)
    test(`a pusher killed ${at.replace(':', ' the ')} leaves a user who can log in`, async () => {
      const name = at.replaceAll(/\W/g, '-');
      await stack.stop('pusher');
      const crashing = stack.start('pusher', { env: { NODE_OPTIONS: `--import=${preload}`, CRASH_AT: at } });
      const guid = await hire(name);
      assert.equal(await crashing.ended, null, 'it was killed');
      stack.start('pusher');
      await stack.settled();
      await clientOf(stack.simulator).logsIn(`${name.toLowerCase()}@company.test`, await keyPartOf(stack, guid));
      const { welcomeEmails } = await stack.simulator.state();
      assert.deepEqual(welcomeEmails, {});
    });

  test('a federated user’s new mail is listed for a person, and not sent', async () => {
    const since = await stack.simulator.lastCall();
    await stack.admin.modify(ann, { mail: 'anna@company.test', displayName: 'Anna' });
    await stack.settled();
    const commands = (await stack.simulator.writes(since)).map(({ cmd }) => cmd);
    assert.deepEqual(commands, ['updateuser'], 'the name follows');
    const asides = await stack.store.redis.hvals(stack.keys.setAside);
    assert.match(asides.join('\n'), /the mail is now anna@company\.test, and LastPass takes no other address/);
  });

  test('no half of a key, and nothing that comes of them, is in Redis or in a log', async () => {
    const k1 = await keyPartOf(stack, ann);
    const fragmentId = fragmentIdOf(CompanyHalf.from(k1));
    const k2 = await clientOf(stack.simulator).k2Of('ann@company.test', fragmentId);
    using password = HiddenMasterPassword.of(CompanyHalf.from(k1), LastPassHalf.from(k2));
    const { redis } = stack.store;
    const read = async (key: string) => [key, await redis.dumpBuffer(key)] as const;
    const dumps = await Promise.all((await redis.keys('*')).map(read));
    assert.ok(
      dumps.some(([, dump]) => dump?.includes('ann@company.test')),
      'the dumps can be read',
    );
    for (const secret of [k1, k2, password.reveal()]) {
      for (const [key, dump] of dumps) assert.ok(!dump?.includes(secret), key);
      assert.ok(!lines.some((line) => line.includes(secret)));
    }
  });

  test('check finds all of it well, status that every key fits, and which one is lost', async () => {
    await using check = stack.command('check', '--json');
    await check.ended;
    const { findings } = JSON.parse(check.output) as { findings: { grade: string; what: string; text: string }[] };
    const ofKeys = findings.filter(({ what }) => /^(registrar|company-key|key-attribute.*)$/.test(what));
    assert.ok(ofKeys.length > 1);
    for (const { grade, text } of ofKeys) assert.equal(grade, 'ok', text);
    const verify = async () => {
      await using status = stack.command('federation', 'status', '--verify');
      return { code: await status.ended, text: status.output };
    };
    const well = await verify();
    assert.match(well.text, new RegExp(`keys +${crashes.length + 1} fit, 0 don’t`));
    assert.equal(well.code, 0);
    await lose(stack, ann);
    const ill = await verify();
    assert.match(ill.text, lost);
    assert.equal(ill.code, 1);
  });
}
