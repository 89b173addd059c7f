/**
 * The map of everything that Redis remembers. All keys and BullMQ's prefix share one hash tag, so that one script may
 * touch any of them, in a cluster too.
 *
 * A *person* is named `<directory id>/<objectGUID>` in every key that isn't a directory's own.
 */

/** The name of a person across directories. */
export type PersonKey = string;

export const personKey = (directory: string, guid: string): PersonKey => `${directory}/${guid}`;

/** The directory and the objectGUID that a person's key is made of. */
export function partsOfPerson(person: PersonKey): { directory: string; guid: string } {
  const slash = person.indexOf('/');
  return { directory: person.slice(0, slash), guid: person.slice(slash + 1) };
}

/** Keys of one generation of a directory's mirror: a complete picture, built beside the one in use. */
export function mirrorKeys(tag: string, directory: string, generation: number) {
  const base = `${tag}:${directory}:mirror:${generation}`;
  return {
    /** Hash: objectGUID → object (JSON). */
    objects: `${base}:objects`,
    /** Set for each group: objectGUIDs of its direct members. */
    members: (group: string) => `${base}:members:${group}`,
    /** Set for each member: objectGUIDs of the groups that hold it directly. */
    memberships: (member: string) => `${base}:memberships:${member}`,
    /** Set for each container: objectGUIDs of what lies directly in it. */
    children: (container: string) => `${base}:children:${container}`,
    /** Sorted set, all scores 0, read by range: `<mail in lower case>\0<objectGUID>`. */
    mails: `${base}:mails`,
    /** The same for groups: `<cn in lower case>\0<objectGUID>`. */
    groupNames: `${base}:group-names`,
    /** Hash: RID → objectGUID of the group, for primary groups. */
    rids: `${base}:rids`,
    /** Set for each RID: objectGUIDs of the people whose primary group has it, which isn't in that group's members. */
    primaryMembers: (rid: number) => `${base}:primary-members:${rid}`,
    /** Set: objectGUIDs that a patch named before any page did. */
    unread: `${base}:unread`,
  };
}
export type MirrorKeys = ReturnType<typeof mirrorKeys>;

/** Keys of one directory. */
export function directoryKeys(tag: string, directory: string) {
  const base = `${tag}:${directory}`;
  return {
    /** String with an expiry: which watcher is the active one. */
    lease: `${base}:lease`,
    /** String: reading of the clock when the lease was taken; an append under an older one is refused. */
    fence: `${base}:fence`,
    /** Counter with an expiry: how often in a row the directory refused the password; each try more waits longer. */
    refusals: `${base}:refusals`,
    watcherRefusals: `${base}:watcher-refusals`,
    /** String (JSON, `Cursor`): how far the directory has been read. */
    cursor: `${base}:cursor`,
    /** Stream: the change log. Entry ids are `<sequence>-0`, without gaps. */
    log: `${base}:log`,
    /** String (JSON, `MirrorState`): how far the log is applied, and which generations there are. */
    mirrorState: `${base}:mirror-state`,
    /** String: reading of the clock when all that was read was applied; empty while more is to come. Planning and the guard wait for it. */
    caughtUp: `${base}:caught-up`,
    /** String: reading of the clock when a read of another domain controller came into use, until those who leave by it are judged. */
    readElsewhere: `${base}:read-elsewhere`,
    /** String: when everything that had changed was last read, ms since 1970; moved by every poll. */
    readAt: `${base}:read-at`,
    /** Set: objectGUIDs that the watcher has to look up one by one. */
    lookups: `${base}:lookups`,
    /** Set: generations that are no longer used and wait for being swept. */
    garbage: `${base}:garbage`,
    mirror: (generation: number) => mirrorKeys(tag, directory, generation),
  };
}
export type DirectoryKeys = ReturnType<typeof directoryKeys>;

/** All keys under a prefix. */
export function keysOf(prefix: string) {
  const tag = `{${prefix}}`;
  return {
    /** The prefix for BullMQ. */
    queues: tag,
    /** Counter: the logical clock, moved by every transaction. */
    clock: `${tag}:clock`,
    /** String: the version of all of this (`schema.ts`). */
    schema: `${tag}:schema`,
    /** String (JSON, `Timeline`): which of its pasts what is in Redis goes on from. */
    timeline: `${tag}:timeline`,
    /** String with an expiry: the process that brings it up to date. */
    migrator: `${tag}:migrator`,
    directory: (id: string) => directoryKeys(tag, id),

    /** Set: people who are in scope, as they were planned last. Only the number of them is asked for. */
    inScope: `${tag}:in-scope`,
    /** Sorted set: people to plan, by the reading of the clock when they first needed it. */
    toPlan: `${tag}:people-to-plan`,
    /** Hash: person → reading of the clock when anything that their plan depends on last changed. */
    touched: `${tag}:touched`,
    /** Hash: person → how they stand in their directory (JSON, `plan/standings.ts`), where another one has somebody with their address. */
    standings: `${tag}:standings`,
    /** Hash: person to plan → the newest change in the directory (`changeId`) that they are to be planned because of. */
    causes: `${tag}:causes`,
    /**
     * Sorted set: people whom changes in the directory concern that haven't reached LastPass, by when the watcher has read the oldest of these
     * (ms). Not those of whom nothing is to be sent, or who wait for a person's word.
     */
    changedAt: `${tag}:changed-at`,
    /** Hash with an expiry for each five minutes: how long changes took to LastPass (bucket of `latency.ts`) → how many people's. */
    latency: (slot: number) => `${tag}:latency:${slot}`,
    /** Hash: person → plan (JSON, `Plan`). */
    plans: `${tag}:plans`,
    /** Sorted set: people whose plan has steps that the guard hasn't judged yet, by time (ms). */
    waiting: `${tag}:waiting`,
    /** Sorted set, all scores 0: people whom the guard holds because of the first run; its first ones are created. */
    firstCreates: `${tag}:first-creates`,
    /** Sorted set: people whose plan has steps that the guard stopped, by time (ms). */
    held: `${tag}:held`,
    /** Sorted set: new people who wait for a person's approval, by time (ms). */
    pending: `${tag}:pending`,
    /** Sorted set: new people whom somebody refused an account, by time (ms). */
    rejected: `${tag}:rejected`,
    /** Sorted set: people who were judged as leavers, by time (ms); the guard counts the last hour. */
    recentLeavers: `${tag}:recent-leavers`,
    /** String: reading of the clock at the last change of `waiting`, `held` or `recentLeavers`. */
    judgementInputs: `${tag}:judgement-inputs`,
    /**
     * Sorted set: people who are to be planned again at a time (ms), for AD raises no event then: accountExpires passes, or the time
     * that a leaver's account is kept.
     */
    expiries: `${tag}:expiries`,
    /** Hash: person → decision (JSON, `Decision`) of the guard or of a person on guarded steps. */
    decisions: `${tag}:decisions`,
    /** Hash: person → why they can't be synced (JSON, `SetAside`). */
    setAside: `${tag}:set-aside`,
    /** String (JSON, `PolicyState`): the policy in force. */
    policy: `${tag}:policy`,
    /** Hash: number → a policy that is, or was, in force (JSON, `NumberedPolicy`). */
    policyHistory: `${tag}:policy-history`,

    /** Hash: user name → account (JSON, `Account`) as LastPass last told. */
    accounts: `${tag}:accounts`,
    /**
     * Sorted set, all scores 0, read by range: `<person>\0<user name>` of accounts whose attribs name somebody; true only where
     * the account says so, too.
     */
    attested: `${tag}:attested`,
    /** Hash: user name → reading of the clock when we last changed the account. */
    accountChanges: `${tag}:account-changes`,
    /** String (JSON, `AccountsRead`): when all accounts were last read. */
    accountsRead: `${tag}:accounts-read`,
    /** Hash: person → link (JSON, `Link`). */
    links: `${tag}:links`,
    /** Hash: user name → person, the links the other way round. */
    linked: `${tag}:linked`,
    /** Hash: id of an account → the person who was linked to it last; true only where that link says so, too. */
    linkedIds: `${tag}:linked-ids`,
    /** String: fragment id of the company's key that people are provisioned with: no other one takes its place while there are any. */
    companyKey: `${tag}:company-key`,
    /** Hash: person → at which domain controller a K1 for them was about to be written, and when (JSON): until it has replicated, only that one has it. */
    userKeysAt: `${tag}:user-keys-at`,
    /** Hash: group name in lower case → name, of the LastPass groups that AD owns. */
    ownedGroups: `${tag}:owned-groups`,
    /** Hash: group (as people are named) → the name it has at LastPass (JSON, `SyncedGroup`), for AD groups that are synced. */
    syncedGroups: `${tag}:synced-groups`,
    /** Hash: name in lower case of a LastPass group that a released rename leaves → the new one: nobody is held for leaving it. */
    renamedGroups: `${tag}:renamed-groups`,

    /** Sorted set: people with steps to deliver, by the time (ms) from which they may be claimed. */
    toDeliver: `${tag}:to-deliver`,
    /** Sorted set: those of them who lose access by it, with the same times. They are first in line, however often put off. */
    leavers: `${tag}:leavers`,
    /** Hash: person → the pusher that claimed them. */
    claims: `${tag}:claims`,
    /** String with an expiry for each pusher: its claims hold as long as this lives. */
    alive: (pusher: string) => `${tag}:alive:${pusher}`,
    /** Hash: person → create that may have been sent (JSON, `Intent`). */
    intents: `${tag}:intents`,
    /** Hash: user name → person whose create of it may have been sent: nobody else creates or takes it meanwhile. */
    creating: `${tag}:creating`,
    /** Hash: person → how often their delivery has failed in a row. */
    attempts: `${tag}:attempts`,
    /** Hash: person → how many calls about them in a row had no conclusive answer, although LastPass answers reads. */
    misses: `${tag}:misses`,

    /** Hash: whose turn it is to call LastPass, until when everybody pauses, and how much LastPass was found to bear. */
    callRate: `${tag}:call-rate`,
    /** Sorted set: batches that were delivered (`<batch>:<people>:<ms that it took>`), by when (ms), of the last minute. */
    pace: `${tag}:pace`,
    /** Hash: digest of refused credentials → alarm (JSON, `Alarm`); nobody calls with these. */
    alarms: `${tag}:alarms`,
    /** String (JSON, `NoSeat`): LastPass has no licence left; who needs one waits. */
    noSeat: `${tag}:no-seat`,
    /** String with an expiry: the pusher that is reading all accounts. */
    accountsReader: `${tag}:accounts-reader`,
    /** Hash: `full-read` | `changes` | `accounts` | `confirm-first` → id of the newest request. */
    requests: `${tag}:requests`,
    /** String (JSON, `PauseState`): somebody has paused all deliveries. */
    paused: `${tag}:paused`,
    /** String (JSON, `Run`): in manual mode, the sync that somebody has asked for; nothing is delivered without. */
    run: `${tag}:run`,
    /** String (JSON, `ReviewedRun`): in manual mode, somebody has asked for what a plan file says, and nothing else is delivered. */
    reviewed: `${tag}:reviewed`,
    /** Hash: person → digests of the steps (JSON) that may be delivered by it. Not beside `run`: an older release would deliver everything. */
    reviewedSteps: `${tag}:reviewed-steps`,
    /** Hash: person → the disabling of their account (JSON, `Disabling`), for as long as it can be undone. */
    disablings: `${tag}:disablings`,
    /** Hash: kind of step → how many were delivered, ever. */
    delivered: `${tag}:delivered`,
    /** Hash: id → token for the console's API (JSON, `AccessToken` and what its secret comes to in SHA-256). */
    accessTokens: `${tag}:access-tokens`,
    /** Hash: name → id of the token of that name. */
    accessTokenNames: `${tag}:access-token-names`,
    /** String (JSON, `DebugLog`) with an expiry: somebody wants the services to tell more. */
    debugLog: `${tag}:debug-log`,
    /** Stream: entries of the audit trail (JSON, `AuditEntry` or several) as they are written with what they tell of, until they are sealed. */
    auditUnsealed: `${tag}:audit-unsealed`,
    /** Stream: sealed entries, `<sequence>-0` without gaps, each with a hash that binds all up to it. Trimmed from the front once they are old. */
    audit: `${tag}:audit`,
    /** String (JSON, `AuditHead`): the newest sealed one. */
    auditHead: `${tag}:audit-head`,
    /** String (JSON, `AuditHead`): the last one that was trimmed. */
    auditAnchor: `${tag}:audit-anchor`,
    /** Sorted set: SHA-256 of what was sealed within the last minutes, by time (ms): the same, sent again, is not sealed again. */
    auditSealed: `${tag}:audit-sealed`,
    /** Hash: person → sequences (JSON) of the last sealed entries about them. */
    lastOperations: `${tag}:last-operations`,
    /** String (JSON, `stored` in sessions.ts) with an expiry for each session, by what its secret comes to in SHA-256. */
    session: (digest: string) => `${tag}:session:${digest}`,
    /** Set with an expiry for each person or token: digests of their sessions, over ones too. */
    sessionsOf: (owner: string) => `${tag}:sessions-of:${owner}`,
    /** Counter with an expiry for each account: how often it was signed in as with a wrong password, as AD counts it. */
    passwordTries: (account: string) => `${tag}:password-tries:${account}`,
    /** String with an expiry for each account: somebody is just signing in as it. */
    signingIn: (account: string) => `${tag}:signing-in:${account}`,
    /** Counter with an expiry for each account: failed sign-ins, those that AD wasn't asked about too. */
    failedSignIns: (account: string) => `${tag}:failed-sign-ins:${account}`,
    /** String with an expiry for each session whose owner has asked to see people in the queues. */
    peopleShown: (digest: string) => `${tag}:people-shown:${digest}`,
    /** Stream: the last lines of all services' logs (JSON), for a support bundle. Nothing depends on it (`recent-log.ts`). */
    recentLog: `${tag}:recent-log`,
    /** String (JSON, `Noticed`): what administrators are to be told of, and what they were told last. */
    noticed: `${tag}:noticed`,
    /** Hash: `<way>/<message>` → a notification that is still to be sent that way (JSON, `Outgoing`). */
    outbox: `${tag}:outbox`,
    /** String with an expiry: the console that sends them. */
    notifier: `${tag}:notifier`,
    /** Hash: `<service>/<instance>` → its condition (JSON, `Condition`). */
    services: `${tag}:services`,
  };
}
export type Keys = ReturnType<typeof keysOf>;
