/** Configurations with whatever was written into them: each is taken whole, or refused with the keys that are wrong, and no secret. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { ConfigurationError, parseConfiguration } from '@connector/shared/configuration.ts';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { nastyJson, nastyText, spoiltJson, spoiltText } from './nasty-values.ts';
import { holds } from './runs.ts';

const folder = resolve(import.meta.dirname, '../..');
const file = join(folder, 'connector.example.yaml');
const example = readFileSync(file, 'utf8');
const secrets = ['Secret-Of-The-Bind', 'Secret-Of-The-Hash', 'Secret-Of-The-Redis', 'Secret-Of-The-Console'] as const;
const [LDAP_BIND_PASSWORD, LASTPASS_PROVHASH] = secrets;
const environment = { LDAP_BIND_PASSWORD, LASTPASS_PROVHASH, LASTPASS_CID: '4711' };

/** The example, with every secret that there can be written into it. */
const tree = fc.constant(null).map(() => {
  const all = parse(example) as { directories: object[]; lastpass: object; redis: object };
  return {
    ...all,
    directories: all.directories.map((each) => ({ ...each, bindPassword: secrets[0] })),
    lastpass: { ...all.lastpass, cid: '4711', provhash: secrets[1] },
    redis: { ...all.redis, password: secrets[2] },
    console: { token: secrets[3] },
  };
});
const text = tree.map((value) => stringify(value));

/** A problem begins with where it is: `policy.guard[0]: `, a strange key in quotes. Of the whole there is only what is wrong. */
const namesKey =
  /^(?:(?:[\w.[\]-]|"(?:[^"\\]|\\.)*")+:|(?:is empty, or has nothing but comments|must be a group of keys);|is no YAML:) \S/;

/** Reads it; the problems, if there are any. */
function problemsIn(written: string): readonly string[] {
  try {
    const taken = parseConfiguration(written, { file, environment });
    assert.ok(taken.directories.length > 0 && taken.lastpass.provhash.length > 0 && taken.policy.guard.maxLeavers >= 0);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, `${(error as Error).stack}`);
    assert.ok(error.problems.length > 0);
    for (const secret of secrets) assert.ok(!error.message.includes(secret), error.message);
    return error.problems;
  }
}

describe('a configuration', () => {
  test('of the example is taken', () => {
    assert.deepEqual(problemsIn(example), []);
    assert.deepEqual(problemsIn(fc.sample(text, 1)[0] ?? ''), []);
  });

  test('with values, keys and sections changed is taken or refused, each problem with its key in one line', async (context) => {
    const property = fc.property(spoiltJson(tree, { most: 2 }), (value) => {
      for (const problem of problemsIn(stringify(value))) {
        assert.match(problem, /^[^\r\n]+$/);
        if (problem.length < 400) assert.match(problem, namesKey);
      }
    });
    await holds(context, property, { runs: 1_500 });
  });

  test('whose text is cut, doubled or mistyped is taken or refused', async (context) => {
    const property = fc.property(spoiltText(fc.oneof(text, fc.constant(example))), (each) => void problemsIn(each));
    await holds(context, property, { runs: 800 });
  });

  test('with a secret that begins or ends as YAML’s own signs do tells nothing of it', async (context) => {
    const signs = fc.stringMatching(/^[*&!%@`|>{}[\],?:#'" -]{1,3}$/);
    const property = fc.property(
      text,
      fc.constantFrom(...secrets),
      signs,
      fc.boolean(),
      (whole, secret, sign, isBefore) => {
        problemsIn(whole.replace(secret, isBefore ? sign + secret : secret + sign));
      },
    );
    await holds(context, property, { runs: 800 });
  });

  test('that is any JSON or any text at all is refused', async (context) => {
    const property = fc.property(
      fc.oneof(
        nastyText,
        nastyJson.map((value) => JSON.stringify(value)),
      ),
      (each) => assert.notDeepEqual(problemsIn(each), []),
    );
    await holds(context, property, { runs: 1_500 });
  });
});
