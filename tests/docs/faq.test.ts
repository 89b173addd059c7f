/** docs/faq.md answers every question of the replaced product's FAQ, and each answer leads to tests that there are. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { repositoryLinks, titlesIn } from './markdown.ts';

const root = resolve(import.meta.dirname, '../..');

/** The questions of "Active Directory Connector FAQs", in its order. */
const questions = [
  'Where can I learn about your directory integrations?',
  'Do I need a designated admin account to use Active Directory Sync?',
  'If I add a new user to my Active Directory, how will that update in LastPass, and how often does it check for changes?',
  'If I had previous users that were not added via Active Directory, what happens to those users?',
  'Can I sync manually, automatically, or both?',
  'I have thousands of names in my Active Directory, will it time out while sending to LastPass?',
  'If I have admin accounts built into our Active Directory, how do I make sure that they don’t import into LastPass?',
  'How do I keep the name of the group from my Active Directory in line with the LastPass groups?',
  'Active Directory provisioning didn’t work, what do I do?',
  'Do groups sync and work with shared folders, or just policies?',
  'Is any functionality of grouping lost when syncing them via Active Directory?',
  'Does Active Directory Connector run as a service?',
  'What exactly is accessed and how is it transferred?',
  'Will accounts created without Active Directory be affected by the Active Directory Connector?',
  'The domain we log into is different than our email address. Will users be able to log into LastPass using their Active Directory credentials?',
  'How do I set up Federated Login Services for LastPass Business using Active Directory?',
  'Does Active Directory Connector allow syncing users and groups from different root OUs?',
];

const text = readFileSync(join(root, 'docs/faq.md'), 'utf8');

interface Proof {
  readonly file: string;
  /** Titles of tests in it. */
  readonly titles: readonly string[];
}
interface Answer {
  readonly question: string;
  /** Its paragraphs and list items, without code and footnotes. */
  readonly claims: readonly string[];
  /** Footnotes by name, as they stand. */
  readonly footnotes: ReadonlyMap<string, string>;
}

const footnote = /^\[\^([\w-]+)\]: (.*)$/gm;
const mark = /\[\^([\w-]+)\]/g;
/** A link to a test file, and the titles of its tests in double quotation marks. */
const proof = /\[([^\]]+)\]\(\.\.\/([^)]+)\): ((?:“[^”]+”(?:, )?)+)/g;

function answerOf(section: string): Answer {
  const [question = '', ...lines] = section.split('\n');
  const body = lines.join('\n');
  const prose = body.replace(/^```[\s\S]*?^```$/gm, '').replace(footnote, '');
  const claims = prose.split(/\n{2,}|\n(?=(?:-|\d+\.) )/).map((claim) => claim.trim());
  return {
    question,
    claims: claims.filter((claim) => claim !== ''),
    footnotes: new Map([...body.matchAll(footnote)].map(([, name = '', said = '']) => [name, said])),
  };
}

const answers = text.split(/^## /m).slice(1).map(answerOf);
const proofsIn = (said: string): Proof[] =>
  [...said.matchAll(proof)].map(([, shown = '', file = '', titles = '']) => {
    assert.equal(shown, file, 'the link shows the file that it leads to');
    return { file, titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title) };
  });

test('every question of the FAQ has its answer, in the FAQ’s order', () => {
  assert.deepEqual(
    answers.map(({ question }) => question),
    questions,
  );
  for (const { question, claims } of answers) assert.notDeepEqual(claims, [], `no answer: ${question}`);
});

test('every paragraph of an answer has a footnote, or leads to another document', () => {
  for (const { question, claims, footnotes } of answers) {
    assert.ok(footnotes.size > 0, `nothing shows the answer to: ${question}`);
    for (const claim of claims)
      assert.ok(claim.match(mark) !== null || repositoryLinks(claim).length > 0, `nothing shows: ${claim}`);
  }
});

test('every footnote is there, once, and used in its own answer', () => {
  const names = [...text.matchAll(footnote)].map(([, name]) => name);
  assert.deepEqual(names, [...new Set(names)]);
  for (const { question, claims, footnotes } of answers) {
    const used = claims.flatMap((claim) => [...claim.matchAll(mark)].map(([, name]) => name));
    assert.deepEqual([...new Set(used)].sort(), [...footnotes.keys()].sort(), question);
  }
});

test('every footnote names nothing but tests, and each of them is in its file', () => {
  for (const { footnotes } of answers) {
    for (const [name, said] of footnotes) {
      const proofs = proofsIn(said);
      assert.ok(proofs.length > 0, `[^${name}] names no test`);
      assert.equal(said.replace(proof, '').replaceAll('; ', ''), '', `[^${name}] says more than which tests`);
      for (const { file, titles } of proofs) {
        assert.match(file, /\.test\.ts$/, `[^${name}]`);
        assert.ok(existsSync(join(root, file)), `[^${name}]: there is no ${file}`);
        const known = titlesIn(readFileSync(join(root, file), 'utf8'));
        for (const title of titles) assert.ok(known.has(title), `[^${name}]: ${file} has no test “${title}”`);
      }
    }
  }
});
