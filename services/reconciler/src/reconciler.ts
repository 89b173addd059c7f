/**
 * The reconciler: applies the change log to the mirror and plans whoever is touched. It answers two queues, and its sweep
 * takes up whatever is outstanding without a bell. It also looks after the audit trail.
 */

import { loggedChanges, loggedPeople, tracedChanges } from '@connector/shared/change-id.ts';
import { every } from '@connector/shared/every.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { ringFor, ringForAll } from '@connector/shared/people-to-plan.ts';
import { answerBells, ringerOf } from '@connector/shared/queues.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Running, Service } from '@connector/shared/service.ts';
import { tellSpan, traced } from '@connector/shared/tracing.ts';
import { applyNext } from '@connector/sync/mirror/apply.ts';
import { askForForgotten, forgottenVersion } from '@connector/sync/mirror/forgotten-people.ts';
import { sweepGenerations } from '@connector/sync/mirror/sweep-generations.ts';
import { touchExpired } from '@connector/sync/plan/expiries.ts';
import { letFirstGo } from '@connector/sync/plan/first-run.ts';
import { followGroups } from '@connector/sync/plan/group-renames.ts';
import { judgeWaiting } from '@connector/sync/plan/judging.ts';
import { firstToPlan, isMidRead } from '@connector/sync/plan/mid-read.ts';
import { planPeople } from '@connector/sync/plan/planning.ts';
import { notYet } from '@connector/sync/plan/planning-context.ts';
import { bringIntoForce, countingPolicy, disagreementOf } from '@connector/sync/plan/policy-in-force.ts';
import { keepAudit } from './keep-audit.ts';
import { reconcilerMetrics } from './metrics.ts';

/** How often a plan that was overtaken by a change is tried again at once; after that the sweep does it. */
const triesAtOnce = 3;
/** How many people one round of planning takes: more of them keep more in memory at once, and are planned no faster. */
const peopleAtOnce = 40;
const sweepEveryMs = 1_000;
/** After so long everything is looked at again, however quiet it was, ms. */
const longestRestMs = 30_000;

/** Tells whether the head of a line is the same as at the last look: nobody seems to be working on it. */
function stuckness(): (line: string, head: string | undefined) => boolean {
  const heads = new Map<string, string | undefined>();
  return (line, head) => {
    const same = head !== undefined && heads.get(line) === head;
    heads.set(line, head);
    return same;
  };
}

export async function startReconciler(service: Service): Promise<Running> {
  const { store, configuration, log, readiness, signal, metrics } = service;
  const { redis, keys } = store;
  const directories = configuration.directories;
  const directoryIds = directories.map(({ id }) => id);
  const prefixes = new Map(directories.map(({ id, groupPrefix }) => [id, groupPrefix]));
  const queue = { target: configuration.redis, prefix: keys.queues };
  const peopleToPlan = ringerOf('people-to-plan', queue);
  const accountUpdates = ringerOf('account-updates', queue);
  const directoryChanges = ringerOf('directory-changes', queue);
  const told = reconcilerMetrics(metrics, directoryIds);
  const { policy } = configuration;
  const planning = { store, policy, directories };

  const bringPolicyIntoForce = async () => {
    const changed = await bringIntoForce(store, planning);
    if (changed)
      log.warn(
        'the policy has changed: everybody is planned again, and leavers are held until a full read under it is planned',
      );
    const counting = await countingPolicy(store, policy);
    const differing = disagreementOf(counting, policy);
    if (differing.length > 0)
      log.warn(
        `a policy that ${counting.inForce?.set?.by} has set counts, and the configuration differs in ${differing.join(', ')}: see "connector policy"; "connector policy reset" lets the configuration count again`,
      );
  };
  await bringPolicyIntoForce();

  /** Applies whatever the log holds. */
  const applyOutstanding = async (directory: string) => {
    while (!signal.aborted) {
      const wasMidRead = await isMidRead(store, directory);
      const result = await traced('apply changes', { attributes: { 'connector.directory': directory } }, async () => {
        const groupPrefix = prefixes.get(directory);
        const ended = await applyNext({ store, directory, directories: directoryIds, groupPrefix });
        if (typeof ended === 'object' && 'change' in ended)
          tellSpan({ ...tracedChanges([ended.change]), 'connector.people': ended.people.length });
        return ended;
      });
      if (result === 'nothing') break;
      if (result === 'overtaken') continue;
      if ('broken' in result) {
        log.error(
          { directory },
          `the change log of ${directory} is broken (${result.broken}): the directory is read afresh`,
        );
        continue;
      }
      told.applied.inc({ directory });
      const { people, change } = result;
      log.debug({ directory, change, people: people.length }, 'an entry of the change log is applied');
      if (people.length > 0)
        log.info(
          { directory, ...loggedChanges([change]), ...loggedPeople(people) },
          'applied: people are to be planned',
        );
      if (await isMidRead(store, directory)) continue; // nobody is planned before the read's last entry
      await (wasMidRead ? ringForAll(peopleToPlan, store) : ringFor(peopleToPlan, people));
    }
  };

  const judgeAll = async () => {
    const { passed, held } = await judgeWaiting({
      store,
      policy,
      directories: directoryIds,
    });
    told.held.inc(held.length);
    const [first] = held;
    if (first) log.warn({ held: held.length }, `${held.length} held: ${first.because}; see "connector held"`);
    if (passed > 0) await accountUpdates.ring({});
  };

  const planAll = async (people: readonly PersonKey[]) => {
    let left = people;
    for (let attempt = 0; attempt < triesAtOnce && left.length > 0; attempt++) {
      const fromMs = performance.now();
      const result = await traced('plan people', { attributes: { 'connector.people': left.length } }, async () => {
        const ended = await planPeople(planning, left);
        tellSpan(tracedChanges(ended.planned.map(({ change }) => change)));
        return ended;
      });
      const tookMs = Math.round(performance.now() - fromMs);
      log.debug({ people: left.length, again: result.again.length, tookMs }, 'people were planned');
      told.planned.inc(left.length - result.again.length);
      const { planned, deliver } = result;
      const who = loggedPeople(planned.map(({ person }) => person));
      if (planned.length > 0)
        log.info({ ...loggedChanges(planned.map(({ change }) => change)), ...who, deliver }, 'planned');
      if (deliver) await accountUpdates.ring({});
      left = result.again;
    }
    await judgeAll();
  };

  /** Plans the list from its head, as long as it moves. */
  const planOutstanding = async () => {
    for (let before = ''; !signal.aborted; ) {
      const people = await firstToPlan(store, { directories: directoryIds, count: peopleAtOnce });
      const head = people[0];
      if (head === undefined || head === before) return;
      await planAll(people);
      before = head;
    }
  };

  const onError = (error: Error) => {
    if (!isRedisTrouble(error)) log.error({ err: error }, error.message);
  };

  /** Follows renamed groups, if anything at all has changed since the last time. */
  let followedAt: string | null = null;
  const followRenames = async (clock: string | null) => {
    if (clock === followedAt) return;
    const { people, held } = await followGroups(planning, Date.now());
    followedAt = clock;
    for (const because of held) log.warn(`held: ${because}; see "connector held"`);
    await ringFor(peopleToPlan, people);
  };

  /** Looks for people whom only accounts speak of, once for each reading of the accounts or the directory. */
  const askedFor = new Map<string, string>();
  const askForThem = async (directory: string) => {
    const version = await forgottenVersion(store, directory);
    if (askedFor.get(directory) === version) return;
    const asked = await askForForgotten(store, directory);
    askedFor.set(directory, version);
    if (asked.length > 0)
      log.warn(
        { directory, people: asked.length },
        'accounts were created for people whom the directory lacks: they are looked up',
      );
  };

  /** Whether anything may have come up since a sweep found nothing: whatever does moves the clock, but for what time alone brings. */
  let foundNothingAt: { clock: string | null; ms: number } | null = null;
  const mayRest = async (clock: string | null) =>
    foundNothingAt !== null &&
    foundNothingAt.clock === clock &&
    performance.now() - foundNothingAt.ms < longestRestMs &&
    (await redis.zcount(keys.expiries, '-inf', String(Date.now()))) === 0;

  const isStuck = stuckness();
  const sweep = async () => {
    const clock = await redis.get(keys.clock);
    if (await mayRest(clock)) return;
    foundNothingAt = null;
    if ((await redis.exists(keys.policy)) === 0) await bringPolicyIntoForce(); // Redis has lost everything
    let isOutstanding = false;
    for (const { id } of directories) {
      const [oldest] = await redis.xrange(keys.directory(id).log, '-', '+', 'COUNT', 1);
      isOutstanding ||= oldest !== undefined;
      if (isStuck(id, oldest?.[0])) await directoryChanges.sweep({ directory: id });
      await sweepGenerations(store, id).catch(onError);
      await askForThem(id);
    }
    const obstacle = await notYet(planning);
    if (obstacle === null) readiness.solved('planning');
    else readiness.notYet('planning', obstacle);
    await followRenames(clock);
    await ringFor(peopleToPlan, await letFirstGo(store));
    await ringFor(peopleToPlan, await touchExpired(store, { directories: directoryIds, nowMs: Date.now() }));
    const [head] = await redis.zrange(keys.toPlan, '0', '0');
    if (isStuck('people', head) && obstacle === null) await peopleToPlan.sweep({});
    await judgeAll();
    isOutstanding ||= head !== undefined || obstacle !== null || (await redis.zcard(keys.waiting)) > 0;
    if (!isOutstanding) foundNothingAt = { clock, ms: performance.now() };
  };

  const answers = [
    answerBells('directory-changes', {
      ...queue,
      concurrency: directories.length,
      onError,
      answer: ({ directory }) => applyOutstanding(directory),
    }),
    answerBells('people-to-plan', {
      ...queue,
      concurrency: 4,
      onError,
      answer: ({ people }) => (people ? planAll(people) : planOutstanding()),
    }),
  ];
  const sweeping = every({ pauseMs: sweepEveryMs, signal, onError }, sweep);
  const keeping = keepAudit(service, told.sealing);
  return {
    close: async () => {
      await Promise.all(answers.map((each) => each.close()));
      await sweeping;
      await keeping;
      await Promise.all([peopleToPlan, accountUpdates, directoryChanges].map((each) => each.close()));
    },
  };
}
