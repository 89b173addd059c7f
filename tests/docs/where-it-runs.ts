/**
 * Where each command of the documents runs. What a command begins with decides, word by word, the longest such; a `*` ends a
 * word that may go on. Whatever isn't begun by one of these is a command that nobody has tried.
 */

/** A test or script that runs it, and the text there which shows so. */
export interface Place {
  readonly file: string;
  readonly by: string;
}

const production = 'tests/containers/production.test.ts';
const project = 'tests/containers/compose-project.ts';
const upgrade = 'tests/containers/upgrade.test.ts';
const swarm = 'tests/containers/swarm.test.ts';
/** kubectl is the real one; what answers it is ours, for no Kubernetes can be had: tests/deploy/kubernetes-api.ts says what that proves. */
const kubernetes = 'tests/containers/kubernetes.test.ts';
const inSwarm = { file: swarm, by: 'scriptOf(script).split(/^(?=docker exec )/m)' };
const backUp = 'tests/deploy/back-up.test.ts';
const packaged = 'tests/packaging/machine.test.ts';

export const places: Readonly<Record<string, Place>> = {
  // Besides, tests/docs/commands.test.ts parses each with its options.
  connector: {
    file: 'tests/console/cli-docs.test.ts',
    by: 'every field of every JSON document, as real runs print them',
  },

  'docker compose up': { file: production, by: "compose('up', '--detach', '--wait', '--scale', 'pusher=2'" },
  'docker compose --profile demo up': {
    file: 'tests/containers/demo-company.ts',
    by: "compose('up', '--detach', '--wait'",
  },
  'docker compose --profile demo down': {
    file: project,
    by: "['--profile', 'demo', '--profile', 'monitoring']",
  },
  'docker compose --profile monitoring up': {
    file: 'tests/containers/monitoring.test.ts',
    by: "profile: 'monitoring'",
  },
  'docker compose build': { file: production, by: "compose('build'" },
  'docker compose down': { file: project, by: "'down'" },
  'docker compose exec console': { file: project, by: "compose('exec', '-T', 'console', 'connector'" },
  'docker compose exec -T redis': { file: production, by: 'scriptOf(rotation)' },
  'docker compose run --rm configuration': { file: production, by: "Compose('run', '--rm', '-T', 'configuration')" },
  'docker compose run --rm console': { file: production, by: "'run', '--rm', '-T', 'console', 'connector', 'check'" },
  'docker compose run --rm -T console': {
    file: production,
    by: "'run', '--rm', '-T', 'console', 'connector', 'check'",
  },
  'docker compose logs': { file: production, by: "compose('logs'" },
  'docker compose ps': { file: project, by: "compose('ps'" },
  'docker compose restart': { file: production, by: "compose('restart'" },
  'docker compose stop': { file: production, by: "compose('stop')" },
  'docker compose -f docker-compose.yml -f deploy/swarm.yml config': inSwarm,
  'docker build': { file: production, by: "compose('build'" },
  'docker restart': { file: production, by: 'scriptOf(rotation)' },
  'docker ps': { file: project, by: "['ps'" },
  'docker tag': { file: upgrade, by: "type(scriptOf(sectionOf(page, 'Roll back')))" },
  'docker push': { file: swarm, by: 'Registry.create()' },
  'docker exec': inSwarm,
  'docker stack deploy': inSwarm,
  'docker stack services': inSwarm,
  'docker swarm init': inSwarm,
  'docker node update': inSwarm,
  'containers/back-up': { file: 'tests/containers/demo.test.ts', by: "script('back-up'" },
  'containers/restore': { file: 'tests/containers/demo.test.ts', by: "script('restore'" },
  'kubectl apply -k .': { file: kubernetes, by: 'type(applying, mine)' },
  'kubectl -n connector exec redis-0': { file: backUp, by: 'backingUp(page, system)' },
  'kubectl -n connector exec -i redis-0': { file: backUp, by: 'backingUp(page, system)' },
  sh: { file: backUp, by: 'backingUp(page, system)' },
  mv: { file: packaged, by: 'demo.machine.type(backUp)' },
  rm: { file: packaged, by: 'demo.machine.type(attentive + restore)' },
  'kubectl -n connector exec': { file: kubernetes, by: "type(others.join(''), mine)" },
  'kubectl -n connector port-forward': { file: kubernetes, by: '${forwarding.replace(' },

  'make test': { file: '.ci/run', by: 'make --no-print-directory test' },
  'make check': { file: 'Makefile', by: 'tests/run.ts --check' },
  'make demo': { file: 'tests/docs/demo.test.ts', by: 'make demo ONCE=1' },
  'make bench': { file: 'tests/bench/quick.test.ts', by: 'syncFirst(' },
  'make chaos': { file: 'tests/chaos/chaos.test.ts', by: 'runChaos(' },
  'make chaos-bugs': { file: 'tests/chaos/planted-bugs.test.ts', by: 'planted' },
  'make endurance': { file: 'tests/endurance/quarter-minute.test.ts', by: "['endurance', 'MINUTES=0.25'" },
  'npm ci': { file: 'Dockerfile.base', by: 'RUN npm ci' },
  'npm run build -w @connector/page': { file: 'Dockerfile.base', by: 'RUN npm run build --workspace=packages/page' },
  'npm run dev -w @connector/page': {
    file: 'tests/browser/page-as-written.test.ts',
    by: "'dev', '-w', '@connector/page'",
  },
  'npm run reference': { file: 'tests/docs/configuration.test.ts', by: 'packages/shared/reference' },
  'make package': { file: 'tests/packaging/build.ts', by: "'packaging/main.ts'" },
  'npm version': { file: 'tests/packaging/release.test.ts', by: "'Making a release'" },
  'npm start -w services/*': {
    file: 'tests/support/stack.ts',
    by: "'src/main.ts'], // as everything that we ship starts it",
  },
  'node --test': { file: 'tests/runner/test-file.ts', by: "'--test'" },
  'node tests/run.ts': { file: 'Makefile', by: '$(run) tests/run.ts' },
  'biome check': { file: 'tests/run.ts', by: "'check', '--error-on-warnings'" },

  dsacls: { file: 'tests/docs/permissions.test.ts', by: 'obeyDsacls(domain, linesUnder' },
  // Windows' own; what the file says that it imports is imported there.
  ldifde: { file: 'tests/support/samba/secret-attribute.ts', by: 'await domain.load(' },
  'openssl x509': { file: packaged, by: "sectionOf(gettingStarted, '1. An account in Active Directory')" },
  'openssl s_client': { file: packaged, by: '/^Verification: OK$/m' },

  curl: { file: 'tests/docs/commands.test.ts', by: 'what the guide to the simulator has people type' },
  jq: { file: 'tests/docs/commands.test.ts', by: 'every filter of jq is one' },
  // All of docs/without-containers.md is typed, on a machine with a systemd of its own.
  'apt install ./lastpass-directory-connector_0.*': { file: packaged, by: "type(sectionOf(page, 'Install'))" },
  'apt remove lastpass-directory-connector': { file: packaged, by: 'type(removing' },
  'apt purge lastpass-directory-connector': { file: packaged, by: 'type(purging' },
  install: { file: packaged, by: 'type(secrets' },
  'systemctl enable --now connector.target': { file: packaged, by: 'type(enabling)' },
  'systemctl start': { file: packaged, by: 'demo.machine.type(attentive + restore)' },
  'systemctl stop': { file: packaged, by: 'demo.machine.type(attentive + restore)' },
  'redis-cli': { file: packaged, by: 'demo.machine.type(backUp)' },
  'redis-check-rdb': { file: packaged, by: 'demo.machine.type(backUp)' },
  'systemctl restart redis-server': { file: packaged, by: 'type(looking)' },
  'systemctl restart connector.target': { file: packaged, by: "type(sectionOf(page, 'Look after it'))" },
  'systemctl status': { file: packaged, by: "type(sectionOf(page, 'Look after it'))" },
  'journalctl -u connector@**': { file: packaged, by: 'Following one change through the logs' },
  'git fetch': { file: upgrade, by: "type(scriptOf(sectionOf(page, 'Upgrade')))" },
  'git checkout v0.*': { file: upgrade, by: "type(scriptOf(sectionOf(page, 'Roll back')))" },
};

const begins = (word: string, start: string): boolean =>
  start.endsWith('*') ? word.startsWith(start.slice(0, -1)) : word === start;

/** Where a command runs; `null` if that isn't known. */
export function placeOf(words: readonly string[]): Place | null {
  const starts = Object.keys(places).filter((key) =>
    key.split(' ').every((start, index) => begins(words[index] ?? '', start)),
  );
  const [longest] = starts.sort((a, b) => b.split(' ').length - a.split(' ').length);
  return longest === undefined ? null : (places[longest] ?? null);
}
