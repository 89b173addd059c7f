/** Every command of the documents runs: in a rehearsal here, and in a test or script that is named. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { CommanderError } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { commandLine } from '../../services/console/src/command-line/command-line.ts';
import { Simulator } from '../support/simulator.ts';
import { careful, rehearse } from './rehearsal.ts';
import { scriptOf, windowsCommands } from './shell-script.ts';
import { placeOf, places } from './where-it-runs.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const documents = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root }).sort()];

/** Programs that the documents call and that only note it here; `npx` stands for what follows it. */
const noted = [...new Set(Object.keys(places).map((start) => start.split(' ')[0] ?? '')), 'npx'].filter(
  (name) => !careful.includes(name),
);
/** Those whose blocks make the folder of secrets; everywhere else it is there already. */
const fromNothing = ['README.md', 'docs/getting-started.md', 'docs/scaling.md'];
const prepared = `mkdir secrets\nfor name in redis-password console-token; do echo secret >"secrets/$name"; done\n`;

interface Call {
  readonly document: string;
  readonly words: readonly string[];
}
const calls: Call[] = [];
/** Documents whose commands didn't end well, with what the shell says. */
const failures: string[] = [];
const callsOf = (...start: readonly string[]) =>
  calls.filter(({ words }) => start.every((word, index) => words[index] === word));
const told = ({ document, words }: Call) => `${document}: ${words.join(' ')}`;

before(async () => {
  for (const document of documents) {
    const script = scriptOf(read(document));
    const {
      code,
      output,
      calls: made,
    } = await rehearse(`${fromNothing.includes(document) ? '' : prepared}${script}`, { noted });
    if (code !== 0) failures.push(`${document}: ${output}`);
    for (const words of windowsCommands(read(document))) calls.push({ document, words });
    for (const words of made) calls.push({ document, words: words[0] === 'npx' ? words.slice(1) : words });
  }
});

test('the commands of each document, typed one after the other, all end well', () => {
  assert.deepEqual(failures, []);
});

test('no command of the documents is one that nobody has tried', () => {
  assert.ok(calls.length > 150, `${calls.length}`);
  assert.deepEqual(calls.filter(({ words }) => placeOf(words) === null).map(told), [], 'tests/docs/where-it-runs.ts');
});

test('every place where commands run is there, runs them, and is still needed', () => {
  const used = new Set(calls.map(({ words }) => placeOf(words)));
  for (const [start, place] of Object.entries(places)) {
    assert.ok(used.has(place), `no document tells ${start} any more`);
    assert.ok(existsSync(join(root, place.file)), `${start}: there is no ${place.file}`);
    assert.ok(read(place.file).includes(place.by), `${start}: ${place.file} has no ${place.by}`);
  }
});

/** What is typed behind `connector`, wherever that runs. */
function connectorArguments({ words }: Call): readonly string[] | null {
  const at = words.indexOf('connector', words[0] === 'kubectl' ? words.indexOf('--') : 0);
  const runs =
    words[0] === 'connector' ||
    (at > 0 && ['exec', 'run'].some((verb) => words.includes(verb)) && words[at - 1] !== '-n');
  return runs ? words.slice(at + 1) : null;
}

test('every connector command can be typed so, with its options, but for the example of wrong usage', () => {
  const typed = calls.flatMap((call) => {
    const args = connectorArguments(call);
    return args === null ? [] : [{ call, args }];
  });
  assert.ok(typed.length > 50, `${typed.length}`);
  const wrong = typed.filter(({ args }) => {
    const program = commandLine(() => undefined);
    for (const each of [program, ...program.commands]) each.configureOutput({ writeOut: () => undefined });
    try {
      program.parse([...args], { from: 'user' });
      return false;
    } catch (error) {
      return !(error instanceof CommanderError); // of help
    }
  });
  assert.deepEqual(
    wrong.map(({ call }) => told(call)),
    ['docs/cli.md: connector held --jsn --json'],
  );
});

test('getting started makes every secret that the configuration for containers names', () => {
  const made = [...read('docs/getting-started.md').matchAll(/secrets\/([\w.-]+)/g)].map(([, name]) => name);
  for (const [, name = ''] of read('connector.containers.yaml').matchAll(/\/run\/secrets\/(\S+)/g))
    assert.ok(made.includes(name), name);
});

test('getting started looks at the configuration before anything that would only say that it cannot be used', () => {
  const typed = scriptOf(read('docs/getting-started.md'));
  const at = typed.indexOf('docker compose run --rm configuration');
  assert.ok(at > 0 && at < typed.indexOf('docker compose run --rm console'));
});

test('every target of make is one, and its Makefile knows the variables', () => {
  const makefile = read('Makefile');
  for (const call of callsOf('make')) {
    const [target = '', ...variables] = call.words.slice(1);
    const [line] = makefile.match(new RegExp(`^${target}:.*## .*(?:\n\t.*)*`, 'm')) ?? [];
    assert.ok(line, told(call));
    for (const variable of variables)
      assert.match(
        line + (target === 'chaos-bugs' ? '' : makefile),
        new RegExp(`\\b${variable.split('=')[0]}=`),
        told(call),
      );
  }
});

test('every script of npm is one of its workspace', () => {
  const scripts = z.object({ name: z.string(), scripts: z.record(z.string(), z.string()).optional() });
  const packages = ['package.json', ...globSync('{services,packages}/*/package.json', { cwd: root })].map((file) => ({
    folder: file.replace(/\/?package\.json$/, ''),
    ...scripts.parse(JSON.parse(read(file))),
  }));
  for (const call of callsOf('npm')) {
    const [, verb = '', ...rest] = call.words;
    if (verb === 'ci' || verb === 'version') continue;
    const script = verb === 'run' ? rest[0] : verb;
    const workspace = rest.includes('-w') ? rest[rest.indexOf('-w') + 1] : '';
    const found = packages.find(({ name, folder }) => workspace === folder || workspace === name);
    assert.ok(found?.scripts?.[script ?? ''], told(call));
  }
});

test('every service that docker compose is told of is one of docker-compose.yml, and so is every profile', () => {
  const file = z
    .object({ services: z.record(z.string(), z.object({ profiles: z.array(z.string()).optional() })) })
    .parse(parse(read('docker-compose.yml'), { merge: true }));
  const profiles = Object.values(file.services).flatMap((service) => service.profiles ?? []);
  for (const call of callsOf('docker', 'compose')) {
    const words = call.words.slice(2);
    const profile = words.includes('--profile') ? words[words.indexOf('--profile') + 1] : undefined;
    if (profile !== undefined)
      assert.ok(
        profiles.some((each) => each.endsWith(profile)),
        told(call),
      );
    const verb = words.findIndex((word) => /^(exec|run|logs|stop|restart|build|ps)$/.test(word));
    if (verb < 0) continue;
    const named = words.slice(verb + 1).filter((word) => /^[a-z][a-z-]+$/.test(word));
    const services = ['exec', 'run'].includes(words[verb] ?? '') ? named.slice(0, 1) : named;
    for (const service of services) assert.ok(service in file.services, told(call));
  }
});

test('a command that removes what Redis remembers says that it means the demo, whatever .env says', () => {
  const removing = documents.flatMap((file) => read(file).match(/^.*docker compose .*down .*--volumes.*$/gm) ?? []);
  assert.ok(removing.length >= 2, `${removing.length}`);
  for (const line of removing) assert.match(line, /^CONNECTOR_HOME= docker compose --profile demo down --volumes\b/);
});

test('every file and pattern of tests that node is given is there', () => {
  const tests = globSync('**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**'] });
  for (const call of callsOf('node', 'tests/run.ts'))
    for (const part of call.words.slice(2))
      assert.ok(
        tests.some((file) => file.includes(part)),
        told(call),
      );
  for (const call of callsOf('node', '--test'))
    for (const pattern of call.words.slice(2)) assert.ok(globSync(pattern, { cwd: root }).length > 0, told(call));
});

test('every filter of jq is one', async () => {
  const filters = callsOf('jq');
  assert.ok(filters.length > 2);
  for (const { words } of filters) await run('jq', ['--null-input', `empty | (${words.at(-1)})`]);
});

/** A command whose answer stands behind it, `…` being anything. */
const withAnswer = /^((?:api|curl) .*?) {2,}# (\{.*|".*|the page .*)$/gm;

test('what the guide to the simulator has people type is answered as it says', async () => {
  await using simulator = await Simulator.create();
  const origin = new URL(simulator.apiUrl).origin;
  const answers: string[] = [];
  const script = scriptOf(read('docs/simulator.md'))
    .replaceAll('http://127.0.0.1:8081', origin)
    .replace(withAnswer, (_line, command: string, answer: string) => {
      answers.push(answer);
      return `echo; echo '@@'; ${command}; echo; echo '@@'`;
    });
  const { code, output } = await rehearse(script, { noted: ['npm'], alsoReal: ['curl'] });
  assert.equal(code, 0, output);
  const given = output.split(/^@@$/m).filter((_part, index) => index % 2 === 1);
  assert.equal(given.length, answers.length);
  assert.ok(answers.length > 8, `${answers.length}`);
  for (const [index, answer] of answers.entries()) {
    const expected = /^the page "(.*)"$/.exec(answer)?.[1] ?? answer.replace(/…?(, a bit later)?$/, '');
    assert.ok(given[index]?.includes(expected), `${answer} is answered with ${given[index]}`);
  }
});
