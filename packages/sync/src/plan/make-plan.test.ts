import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { isGuarded, isLeaverStep, isUncertain, type Link, type Step } from '@connector/shared/plan.ts';
import { leaverAction, policy } from '@connector/shared/policy.ts';
import fc from 'fast-check';
import { digestOf, type MirrorObject } from '../mirror/mirror-object.ts';
import { type Other, standings } from './mail-owner.ts';
import { disablingDigest, fullnameOf, makePlan, type PlanInputs, type Planned, usernameOf } from './make-plan.ts';

const nowMs = Date.UTC(2026, 10, 23);

const anna: MirrorObject = {
  kind: 'user',
  rdn: 'CN=Anna Meyer',
  parent: null,
  deleted: false,
  absent: false,
  mail: 'Anna@Example.com',
  displayName: 'Anna Meyer',
  givenName: 'Anna',
  sn: 'Meyer',
  sAMAccountName: 'anna',
  userAccountControl: 512,
  accountExpiresMs: null,
  primaryGroupId: 513,
  rid: null,
  isCriticalSystemObject: false,
};
const annasAccount: Account = {
  username: 'anna@example.com',
  id: '1',
  fullname: 'Anna Meyer',
  disabled: false,
  admin: false,
  groups: ['Sales'],
  invited: false,
  objectGuid: null,
  directory: null,
};
const annasLink: Link = { username: 'anna@example.com', id: '1', disabledByUs: false, removedByUs: false };

const inputsWith = (changes: Partial<PlanInputs>): PlanInputs => ({
  person: anna,
  outOfScope: null,
  placeKnown: true,
  unresolvedFilter: [],
  missingBases: [],
  groups: ['Sales'],
  ownedGroups: new Set(['sales', 'field']),
  link: annasLink,
  account: annasAccount,
  accountHolder: null,
  recognised: false,
  severalAccounts: [],
  createdFor: null,
  addressTaken: null,
  otherHolders: [],
  policy: policy.parse({}),
  isFirstRun: false,
  decision: null,
  nowMs,
  ...changes,
});
const namesake: Other = { person: 'corp/2', place: 'same', standing: 'enabled' };
const elsewhere: Other = { person: 'labs/2', place: 'earlier', standing: 'enabled' };
/** Others with the same mail, of every place and standing. */
const namesakes = (['same', 'earlier', 'later'] as const).flatMap((place) =>
  standings.map((standing): Other => ({ person: `${place}/${standing}`, place, standing })),
);
const kinds = ({ steps }: Planned): string[] => steps.map(({ kind }) => kind);
const planWith = (changes: Partial<PlanInputs>) => makePlan(inputsWith(changes));
const unlinked = { link: null, account: null };

suite('federated log-in', () => {
  const federated: Link = { ...annasLink, federated: 'companyKey' };
  const federating: Link = { ...annasLink, federating: 'companyKey' };
  const renamed = { ...anna, displayName: 'Anna Moser', mail: 'moser@example.com' };

  test('whoever gets an account by then is created as a federated user', () => {
    const { steps } = planWith({ ...unlinked, policy: policy.parse({ federation: 'userKey' }) });
    assert.deepEqual(
      steps.map((step) => step.kind === 'create' && step.federated),
      ['userKey'],
    );
  });

  test('another mail of a federated user is an obstacle, and everything else goes on', () => {
    const planned = planWith({ person: renamed, link: federated });
    assert.deepEqual(kinds(planned), ['rename']);
    assert.match(planned.obstacle?.reason ?? '', /^the mail is now moser@example\.com, and LastPass takes no other/);
  });

  test('until it is a federated one nothing else is done to the account of who stays, and leavers leave', () => {
    assert.deepEqual(kinds(planWith({ person: renamed, link: federating })), ['federate']);
    assert.deepEqual(kinds(planWith({ person: { ...anna, userAccountControl: 514 }, link: federating })), ['disable']);
  });

  test('whose address is about to change, or who is only invited, becomes one after that', () => {
    const moving = planWith({ link: { ...federating, changingTo: 'moser@example.com' } });
    assert.deepEqual(kinds(moving), []);
    assert.match(moving.obstacle?.reason ?? '', /is called moser@example\.com once its person logs in/);
    const invited = planWith({ link: federating, account: { ...annasAccount, invited: true } });
    assert.deepEqual(kinds(invited), []);
    assert.match(invited.obstacle?.reason ?? '', /was not accepted yet/);
  });

  test('a vault stays what it is when its account passes on to who has the address now', () => {
    const holder = { person: 'corp/gone', place: 'same', standing: 'enabled', deleted: true, link: federated } as const;
    const { linkChange } = planWith({ link: null, accountHolder: holder });
    assert.equal(linkChange.kind === 'adopt' && linkChange.link.federated, 'companyKey');
  });
});

suite('a link found again through attribs', () => {
  const found = { link: null, recognised: true };
  const disabledAccount = { ...annasAccount, disabled: true };
  const linkOf = ({ linkChange }: Planned) => (linkChange.kind === 'none' ? null : linkChange.link);

  test('nothing but a link, where nothing is open', () => {
    const planned = planWith(found);
    assert.deepEqual([planned.steps, linkOf(planned)], [[], annasLink]);
  });

  test('whatever the account is called, which then follows', () => {
    const account = { ...annasAccount, username: 'old@example.com' };
    const planned = planWith({ ...found, account });
    assert.deepEqual([planned.username, kinds(planned), planned.mustHold], ['old@example.com', ['change-email'], null]);
  });

  for (const [why, changes] of Object.entries({
    deleted: { person: { ...anna, deleted: true } },
    absent: { person: { ...anna, absent: true } },
    'out of scope': { outOfScope: 'left the filter' },
  }))
    test(`of somebody ${why} is held, and stays so as often as it is planned`, () => {
      const planned = planWith({ ...found, ...changes });
      assert.deepEqual(kinds(planned), ['disable']);
      assert.ok(planned.mustHold);
      assert.equal(planWith({ ...changes, link: linkOf(planned) }).guarded, planned.guarded);
    });

  test('to a disabled account: enabling it is a person’s to say', () => {
    const planned = planWith({ ...found, account: disabledAccount });
    assert.deepEqual(kinds(planned), ['enable']);
    assert.match(planned.mustHold ?? '', /who has disabled the account isn't known any more/);
    const link = linkOf(planned);
    assert.equal(planWith({ account: disabledAccount, link }).guarded, planned.guarded);
    assert.deepEqual(linkOf(planWith({ link })), annasLink, 'enabled: nothing is open any more');
  });

  test('to a disabled account of somebody disabled asks nothing', () => {
    const planned = planWith({ ...found, account: disabledAccount, person: { ...anna, userAccountControl: 514 } });
    assert.deepEqual([planned.steps, planned.mustHold], [[], null]);
  });

  test('goes to none of several accounts, nor to an account that was created for somebody else', () => {
    const several = planWith({ ...unlinked, severalAccounts: ['a@example.com', 'b@example.com'] });
    assert.match(several.obstacle?.reason ?? '', /a@example.com and b@example.com were all created for this person/);
    const foreign = planWith({ link: null, createdFor: 'corp/9' });
    assert.match(foreign.obstacle?.reason ?? '', /was created for another person \(corp\/9\)/);
    assert.deepEqual([several.steps, foreign.steps, foreign.linkChange.kind], [[], [], 'none']);
  });
});

suite('somebody without an account', () => {
  test('in scope is created with mail in lower case, name and groups', () => {
    const planned = planWith(unlinked);
    assert.equal(planned.username, 'anna@example.com');
    assert.deepEqual(
      planned.steps.map(({ because: _, ...step }) => step),
      [{ kind: 'create', fullname: 'Anna Meyer', groups: ['Sales'] }],
    );
    assert.equal(planned.guarded, null);
  });

  for (const [why, changes] of Object.entries({
    disabled: { person: { ...anna, userAccountControl: 514 } },
    expired: { person: { ...anna, accountExpiresMs: nowMs } },
    deleted: { person: { ...anna, deleted: true } },
    absent: { person: { ...anna, absent: true } },
    'out of scope': { outOfScope: 'is not under any of userBases' },
  } satisfies Record<string, Partial<PlanInputs>>)) {
    test(`is never created when ${why}`, () => {
      const planned = planWith({ ...unlinked, ...changes });
      assert.deepEqual(planned.steps, []);
      assert.equal(planned.obstacle, null);
    });
  }

  for (const mail of [
    null,
    '',
    ' ',
    'anna',
    'anna@',
    '@example.com',
    'a b@example.com',
    'a@b@example.com',
    'anna@example',
    'anna@example.com.',
    'anna@example.com\n.x',
  ]) {
    test(`is set aside with a mail such as ${JSON.stringify(mail)}`, () => {
      const planned = planWith({ ...unlinked, person: { ...anna, mail } });
      assert.deepEqual(planned.steps, []);
      assert.equal(planned.obstacle?.kind, 'data');
    });
  }

  test('is set aside while somebody else holds the same mail', () => {
    const planned = planWith({ ...unlinked, otherHolders: [namesake] });
    assert.deepEqual(planned.steps, []);
    assert.match(planned.obstacle?.reason ?? '', /corp\/2/);
  });
});

suite('onDetected', () => {
  const approve = { ...unlinked, policy: policy.parse({ onDetected: 'approve' }) };

  test('ignore creates nobody, and adopts existing accounts all the same', () => {
    const ignoring = policy.parse({ onDetected: 'ignore' });
    assert.equal(planWith({ ...unlinked, person: { ...anna, mail: null }, policy: ignoring }).obstacle, null);
    assert.deepEqual(kinds(planWith({ ...unlinked, policy: ignoring })), []);
    assert.equal(planWith({ link: null, policy: ignoring }).linkChange.kind, 'adopt');
    const accountHolder = { ...namesake, deleted: false, link: annasLink };
    assert.equal(planWith({ link: null, policy: ignoring, accountHolder }).obstacle, null, "another's account is none");
  });

  test('approve makes the create wait for a word, which is about the person and not about name or groups', () => {
    const planned = planWith(approve);
    assert.deepEqual([kinds(planned), planned.steps.every(isGuarded)], [['create'], true]);
    const renamed = planWith({ ...approve, person: { ...anna, displayName: 'Anna Lee' }, groups: [] });
    assert.equal(renamed.guarded, planned.guarded);
    const another = planWith({ ...approve, person: { ...anna, mail: 'anna.lee@example.com' } });
    assert.notEqual(another.guarded, planned.guarded);
  });

  test('a rejected person is not asked about again', () => {
    const { guarded } = planWith(approve);
    const decision = { guarded: guarded ?? '', verdict: 'rejected', by: 'admin', atMs: 1 } as const;
    const planned = planWith({ ...approve, decision, groups: ['Field'] });
    assert.deepEqual([kinds(planned), planned.rejected, planned.guarded], [['create'], true, guarded]);
  });
});

suite('adoption of an existing account', () => {
  test('links it and brings name and groups up to date', () => {
    const planned = planWith({ link: null, account: { ...annasAccount, fullname: 'A. M.', groups: ['Field'] } });
    assert.deepEqual(kinds(planned), ['rename', 'join-groups', 'leave-groups']);
    assert.deepEqual(planned.linkChange, { kind: 'adopt', link: annasLink, from: null });
  });

  test('leaves an account disabled that an administrator disabled', () => {
    assert.deepEqual(kinds(planWith({ link: null, account: { ...annasAccount, disabled: true } })), []);
  });

  test('disables the account of somebody who is disabled in AD', () => {
    assert.deepEqual(kinds(planWith({ link: null, person: { ...anna, userAccountControl: 514 } })), ['disable']);
  });

  test('takes the account of a deleted person over, and enables it when we had disabled it', () => {
    const accountHolder = {
      ...namesake,
      person: 'corp/old',
      deleted: true,
      link: { ...annasLink, disabledByUs: true },
    };
    const planned = planWith({ link: null, account: { ...annasAccount, disabled: true }, accountHolder });
    assert.deepEqual(kinds(planned), ['enable']);
    assert.deepEqual(planned.linkChange, { kind: 'adopt', link: accountHolder.link, from: 'corp/old' });
  });

  test("never takes a living person's account", () => {
    const planned = planWith({ link: null, accountHolder: { ...namesake, deleted: false, link: annasLink } });
    assert.deepEqual(planned.linkChange, { kind: 'none' });
    assert.equal(planned.obstacle?.kind, 'data');
  });
});

suite('a mail that somebody of another directory has too', () => {
  const letGo: Other = { ...elsewhere, standing: 'none' };
  const held = (holder: Other, link = annasLink) => ({ ...holder, deleted: false, link });

  test('belongs to the directory that is listed first: the other one is told which, and why', () => {
    const planned = planWith({ ...unlinked, otherHolders: [elsewhere] });
    assert.deepEqual([planned.steps, planned.linkChange.kind], [[], 'none']);
    assert.match(planned.obstacle?.reason ?? '', /is that of labs\/2 too, .* belongs to the directory labs/);
    assert.deepEqual(kinds(planWith({ ...unlinked, otherHolders: [{ ...elsewhere, place: 'later' }] })), ['create']);
  });

  test('is free once that one lets go, and nobody who is disabled keeps it from who is enabled', () => {
    assert.deepEqual(kinds(planWith({ ...unlinked, otherHolders: [letGo] })), ['create']);
    assert.deepEqual(kinds(planWith({ ...unlinked, otherHolders: [{ ...elsewhere, standing: 'stays' }] })), ['create']);
    const disabled = { link: null, person: { ...anna, userAccountControl: 514 } };
    assert.deepEqual(kinds(planWith({ ...disabled, otherHolders: [{ ...elsewhere, place: 'later' }] })), []);
    assert.deepEqual(kinds(planWith({ ...disabled, otherHolders: [{ ...letGo, place: 'later' }] })), ['disable']);
  });

  test('stays with whose account it is, whichever directory is listed first, until they let go', () => {
    for (const place of ['earlier', 'later'] as const)
      for (const standing of ['enabled', 'stays'] as const) {
        const planned = planWith({ link: null, accountHolder: held({ ...elsewhere, place, standing }) });
        assert.equal(planned.linkChange.kind, 'none');
        assert.match(planned.obstacle?.reason ?? '', /belongs to the directory labs/);
      }
  });

  test('brings the account with it, which is enabled again only if we had disabled it', () => {
    const account = { ...annasAccount, disabled: true };
    const ours = planWith({ link: null, account, accountHolder: held(letGo, { ...annasLink, disabledByUs: true }) });
    assert.deepEqual([kinds(ours), ours.linkChange.kind === 'adopt' && ours.linkChange.from], [['enable'], 'labs/2']);
    assert.deepEqual(kinds(planWith({ link: null, account, accountHolder: held(letGo) })), []);
  });

  test('keeps nobody of the same directory from being set aside', () => {
    const planned = planWith({ ...unlinked, otherHolders: [letGo, namesake] });
    assert.match(planned.obstacle?.reason ?? '', /held by others too \(corp\/2\)/);
  });

  test('waits, as a new address, for who comes first', () => {
    const person = { ...anna, mail: 'new@example.com' };
    assert.deepEqual(kinds(planWith({ person, otherHolders: [letGo] })), ['change-email']);
    const waiting = planWith({ person, otherHolders: [elsewhere] });
    assert.match(waiting.obstacle?.reason ?? '', /belongs to the directory labs.*keeps its address/);
  });
});

suite('somebody with an account', () => {
  test('who is as in AD needs nothing', () => {
    assert.deepEqual(planWith({}).steps, []);
  });

  test('keeps groups that AD does not own', () => {
    assert.deepEqual(kinds(planWith({ account: { ...annasAccount, groups: ['Sales', 'Hand-made'] } })), []);
  });

  test('is in a group whatever the case of its name', () => {
    assert.deepEqual(kinds(planWith({ account: { ...annasAccount, groups: ['SALES'] } })), []);
  });

  test('whose account was deleted by hand is listed as drift and not created again', () => {
    const planned = planWith({ account: null });
    assert.deepEqual(planned.steps, []);
    assert.equal(planned.obstacle?.kind, 'drift');
  });

  test('is enabled again only if we had disabled the account', () => {
    const account = { ...annasAccount, disabled: true };
    assert.deepEqual(kinds(planWith({ account, link: { ...annasLink, disabledByUs: true } })), ['enable']);
    assert.deepEqual(kinds(planWith({ account })), []);
  });

  test('is set aside when userAccountControl can not be read: neither enabled nor anything else', () => {
    const account = { ...annasAccount, disabled: true };
    const link = { ...annasLink, disabledByUs: true };
    const planned = planWith({ person: { ...anna, userAccountControl: null }, account, link });
    assert.deepEqual(planned.steps, []);
    assert.match(
      planned.obstacle?.reason ?? '',
      /^userAccountControl can not be read: give the service account the right/,
    );
  });

  test('who is missing but not proved deleted must be held', () => {
    const planned = planWith({ person: { ...anna, absent: true } });
    assert.deepEqual(kinds(planned), ['disable']);
    assert.match(planned.mustHold ?? '', /not proved deleted/);
  });

  test('by a tombstone, or disabled for as long as AD says so, leave for certain; by anything else perhaps by a late domain controller', () => {
    const disabled = { ...anna, userAccountControl: 0x202 };
    const rules = (onDisabled: 'disable' | 'remove') => policy.parse({ onDisabled });
    assert.equal(planWith({ person: { ...anna, deleted: true } }).certain, true);
    assert.equal(planWith({ person: disabled, policy: rules('disable') }).certain, true);
    assert.equal(planWith({ person: disabled, policy: rules('remove') }).certain, false);
    assert.equal(planWith({ person: disabled, account: { ...annasAccount, invited: true } }).certain, false);
    assert.equal(planWith({ outOfScope: 'left the group filter (Staff)' }).certain, false);
    assert.equal(planWith({ person: { ...anna, absent: true } }).certain, false);
    const stays = planWith({
      account: { ...annasAccount, groups: ['Sales'] },
      groups: [],
      ownedGroups: new Set(['sales']),
    });
    assert.deepEqual([kinds(stays), stays.certain], [['leave-groups'], false]);
  });

  test('who leaves a filter that names no group any more must be held', () => {
    const planned = planWith({ outOfScope: 'left the group filter (Staff)', unresolvedFilter: ['Staff'] });
    assert.match(planned.mustHold ?? '', /Staff/);
  });

  test('who lies under none of the bases that there are must be held while one of them is missing', () => {
    const planned = planWith({ outOfScope: 'is not under any of userBases', missingBases: ['OU=Gone,DC=corp'] });
    assert.equal(planned.mustHold, "userBases names OU=Gone,DC=corp, which the directory doesn't have");
  });

  const novak = { ...anna, mail: 'Novak@example.com', displayName: 'Anna Novak' };

  test('whose mail changed keeps the account, which changes its address once', () => {
    const planned = planWith({ person: novak });
    assert.deepEqual(kinds(planned), ['rename', 'change-email']);
    assert.equal(planned.username, 'anna@example.com');
    assert.equal(planned.obstacle, null);
    const link = { ...annasLink, changingTo: 'novak@example.com' };
    const account = { ...annasAccount, fullname: 'Anna Novak' };
    const asked = planWith({ person: novak, link, account });
    assert.deepEqual([kinds(asked), asked.obstacle], [[], null], 'listed under the old address until she logs in');
    assert.deepEqual(kinds(planWith({ person: { ...novak, mail: 'third@example.com' }, link, account })), [
      'change-email',
    ]);
  });

  test('keeps the old address until the id of the account is known', () => {
    const planned = planWith({ person: novak, link: { ...annasLink, id: null } });
    assert.deepEqual(kinds(planned), ['rename']);
    assert.match(planned.obstacle?.reason ?? '', /id wasn't read yet/);
  });

  for (const [why, changes] of Object.entries({
    'somebody else has the account': { addressTaken: 'the mail waits for the account of corp/2' },
    'somebody else has the mail': { otherHolders: [namesake] },
    'it is none': { person: { ...novak, mail: 'nonsense' } },
    'it was cleared': { person: { ...novak, mail: null } },
  } satisfies Record<string, Partial<PlanInputs>>))
    test(`keeps the old address while the new one can't be had: ${why}`, () => {
      const planned = planWith({ person: novak, ...changes });
      assert.deepEqual([kinds(planned), planned.obstacle?.kind], [['rename'], 'data']);
    });

  test('who leaves with a new mail leaves, and changes nothing else', () => {
    const planned = planWith({ person: { ...novak, displayName: 'Anna Meyer', userAccountControl: 514 } });
    assert.deepEqual([kinds(planned), planned.obstacle], [['disable'], null]);
  });

  test('who is only invited is withdrawn when they leave, and otherwise left alone', () => {
    const account = { ...annasAccount, invited: true, fullname: '', groups: [] };
    assert.deepEqual(kinds(planWith({ account })), []);
    assert.deepEqual(kinds(planWith({ account, person: { ...anna, deleted: true } })), ['withdraw']);
  });
});

suite('which action', () => {
  const person = { ...anna, userAccountControl: 514 };
  const rules = policy.parse({ onDeleted: 'delete', onRemovedFromFilter: 'remove', onDisabled: 'nothing' });

  test('deleted comes before out of scope, which comes before disabled', () => {
    assert.deepEqual(kinds(planWith({ policy: rules, person: { ...person, deleted: true }, outOfScope: 'left' })), [
      'delete',
    ]);
    assert.deepEqual(kinds(planWith({ policy: rules, person, outOfScope: 'left' })), ['remove']);
    assert.deepEqual(kinds(planWith({ policy: rules, person })), []);
  });

  test('a stronger one still applies to a disabled account, the same one does not', () => {
    const account = { ...annasAccount, disabled: true };
    const link = { ...annasLink, disabledByUs: true };
    assert.deepEqual(kinds(planWith({ account, link, person: { ...anna, deleted: true } })), []);
    assert.deepEqual(kinds(planWith({ account, link, person: { ...anna, deleted: true }, policy: rules })), ['delete']);
  });
});

test('a rejected step is dropped until anything about it changes', () => {
  const deleted = { person: { ...anna, deleted: true } };
  const { guarded } = planWith(deleted);
  assert.ok(guarded);
  const decision = { guarded, verdict: 'rejected', by: 'admin', atMs: 0 } as const;
  assert.deepEqual(planWith({ ...deleted, decision }).steps, []);
  assert.deepEqual(kinds(planWith({ decision, person: { ...anna, userAccountControl: 514 } })), ['disable']);
});

test('a rejection outlives the account’s other name, as it has once its person has logged in after a change of mail', () => {
  const left = { person: { ...anna, userAccountControl: 514 } };
  const guarded = planWith(left).guarded ?? '';
  const username = 'novak@example.com';
  const renamed = { ...left, account: { ...annasAccount, username }, link: { ...annasLink, username } };
  const planned = planWith({ ...renamed, decision: { guarded, verdict: 'rejected', by: 'admin', atMs: 0 } });
  assert.deepEqual([kinds(planned), planned.rejected], [[], true]);
});

test('a decision counts as it was written at first, with the user name', () => {
  const left = { person: { ...anna, userAccountControl: 514 } };
  const { steps } = planWith(left);
  const guarded = digestOf(['anna@example.com', steps, null]);
  const decisionOf = (verdict: 'rejected' | 'released') => ({ guarded, verdict, by: 'admin', atMs: 0 });
  assert.deepEqual(kinds(planWith({ ...left, decision: decisionOf('rejected') })), []);
  assert.equal(planWith({ ...left, decision: decisionOf('released') }).guarded, guarded);
});

test('the full name is displayName, else givenName and sn, else cn', () => {
  assert.equal(fullnameOf(anna), 'Anna Meyer');
  assert.equal(fullnameOf({ ...anna, displayName: ' ' }), 'Anna Meyer');
  assert.equal(fullnameOf({ ...anna, displayName: null, givenName: null }), 'Meyer');
  assert.equal(
    fullnameOf({ ...anna, displayName: null, givenName: null, sn: null, rdn: 'CN=Meyer\\, Anna' }),
    'Meyer, Anna',
  );
});

suite('an account that is kept for a while', () => {
  const after = 30 * 86_400_000;
  const rules = policy.parse({ onDeleted: { action: 'remove', after: '30d' }, onRemovedFromFilter: 'disable' });
  const deleted = { ...anna, deleted: true };

  test('is disabled at once, notes since when, and is planned again when the time is over', () => {
    const planned = planWith({ person: deleted, policy: rules });
    assert.deepEqual(kinds(planned), ['disable']);
    assert.deepEqual(planned.linkChange, { kind: 'note', link: { ...annasLink, leftAtMs: nowMs } });
    assert.equal(planned.againAtMs, nowMs + after);
  });

  test('is left alone until then, and removed from then on', () => {
    const account = { ...annasAccount, disabled: true };
    const link = { ...annasLink, disabledByUs: true, leftAtMs: nowMs - after + 1 };
    assert.deepEqual(kinds(planWith({ person: deleted, policy: rules, account, link })), []);
    const later = planWith({ person: deleted, policy: rules, account, link: { ...link, leftAtMs: nowMs - after } });
    assert.deepEqual(later.steps, [{ kind: 'remove', because: 'was deleted in Active Directory, 30 d ago or more' }]);
    assert.equal(later.againAtMs, null);
  });

  test('is enabled again, and nothing noted any more, when its person is back, or leaves for another reason', () => {
    const account = { ...annasAccount, disabled: true };
    const link = { ...annasLink, disabledByUs: true, leftAtMs: nowMs - 5 };
    const { leftAtMs: _, ...without } = link;
    const back = planWith({ policy: rules, account, link });
    assert.deepEqual([kinds(back), back.linkChange], [['enable'], { kind: 'note', link: without }]);
    const left = planWith({ policy: rules, account, link, outOfScope: 'left' });
    assert.deepEqual([kinds(left), left.linkChange], [[], { kind: 'note', link: without }]);
  });

  test('is never removed of whom somebody has let keep their access: no time runs meanwhile', () => {
    const left = { person: deleted, policy: rules, link: { ...annasLink, leftAtMs: nowMs - after + 1 } };
    const decision = { guarded: planWith(left).guarded ?? '', verdict: 'rejected', by: 'admin', atMs: nowMs } as const;
    const rejected = planWith({ ...left, decision });
    assert.deepEqual([kinds(rejected), rejected.rejected], [[], true]);
    assert.deepEqual(rejected.linkChange, { kind: 'note', link: annasLink });
    const later = planWith({ ...left, link: annasLink, decision, nowMs: nowMs + after });
    assert.deepEqual([kinds(later), later.rejected, later.linkChange], [[], true, { kind: 'none' }]);
  });

  test('whose removal somebody has rejected is kept as it is', () => {
    const account = { ...annasAccount, disabled: true };
    const left = { person: deleted, policy: rules, account, link: { ...annasLink, leftAtMs: nowMs - after } };
    const decision = { guarded: planWith(left).guarded ?? '', verdict: 'rejected', by: 'admin', atMs: nowMs } as const;
    const rejected = planWith({ ...left, decision });
    assert.deepEqual([kinds(rejected), rejected.rejected, rejected.linkChange], [[], true, { kind: 'none' }]);
  });

  test('of somebody invited is withdrawn at once', () => {
    assert.deepEqual(kinds(planWith({ person: deleted, policy: rules, account: { ...annasAccount, invited: true } })), [
      'withdraw',
    ]);
  });

  test('that was disabled already when it was adopted notes it, too', () => {
    const planned = planWith({
      ...unlinked,
      account: { ...annasAccount, disabled: true },
      person: { ...anna, userAccountControl: 0x202 },
      policy: policy.parse({ onDisabled: { action: 'delete', after: '1d' } }),
    });
    assert.equal(planned.linkChange.kind === 'adopt' ? planned.linkChange.link.leftAtMs : null, nowMs);
  });
});

suite('a disabling that somebody has undone', () => {
  const because = 'was deleted in Active Directory';
  const saidOf = (guarded: string) => ({ guarded, verdict: 'undone', by: 'x', atMs: 1 }) as const;
  const undone = (reason = because) => saidOf(disablingDigest(reason));
  const account = { ...annasAccount, disabled: true };
  const link = { ...annasLink, disabledByUs: true };
  const person = { ...anna, deleted: true };

  test('enables the account, and does not disable it for the same reason', () => {
    const now = planWith({ person, account, link, decision: undone() });
    assert.deepEqual([kinds(now), now.guarded, now.undone], [['enable'], null, true]);
    const then = planWith({ person, decision: undone() });
    assert.deepEqual([kinds(then), then.undone], [[], true]);
  });

  test('does not count for another reason', () => {
    assert.deepEqual(kinds(planWith({ person, decision: undone('left') })), ['disable']);
  });

  test('counts when the account is called otherwise by now, as it is once its person has logged in after a change of mail', () => {
    const username = 'novak@example.com';
    const renamed = { account: { ...annasAccount, username }, link: { ...annasLink, username } };
    const planned = planWith({ person, ...renamed, decision: undone() });
    assert.deepEqual([kinds(planned), planned.undone], [[], true]);
  });

  test('counts as it was written at first, with the name', () => {
    const former = (username: string) => saidOf(digestOf(['disable', username, because]));
    assert.deepEqual(kinds(planWith({ person, decision: former('anna@example.com') })), []);
    assert.deepEqual(kinds(planWith({ person, decision: former('other@example.com') })), ['disable']);
  });

  test('enables no account that somebody else has disabled', () => {
    assert.deepEqual(kinds(planWith({ person, account, decision: undone() })), []);
  });

  test('keeps the account from being removed when its time is over', () => {
    const rules = policy.parse({ onDeleted: { action: 'remove', after: '1d' } });
    const long = { ...annasLink, leftAtMs: nowMs - 2 * 86_400_000 };
    assert.deepEqual(kinds(planWith({ person, policy: rules, link: long, decision: undone() })), []);
  });
});

suite('whatever is known', () => {
  const name = fc.constantFrom('Sales', 'sales', 'Field', 'Hand-made', 'Ärzte');
  const names = fc.uniqueArray(name, { selector: folded });
  const mail = fc.constantFrom(null, 'anna@example.com', 'Anna@Example.COM', 'other@example.com', 'nonsense');
  const link = fc.option(
    fc.record({
      username: fc.constant('anna@example.com'),
      id: fc.constant('1'),
      disabledByUs: fc.boolean(),
      removedByUs: fc.constant(false),
      regained: fc.constantFrom(undefined, true as const),
      disabledBy: fc.constantFrom(undefined, 'unknown' as const),
    }),
  );
  const inputs: fc.Arbitrary<PlanInputs> = fc.record({
    person: fc.record({
      ...Object.fromEntries(Object.entries(anna).map(([key, value]) => [key, fc.constant(value)])),
      deleted: fc.boolean(),
      absent: fc.boolean(),
      mail,
      displayName: fc.constantFrom('Anna Meyer', 'Anna Novak', null),
      userAccountControl: fc.constantFrom(512, 514),
      accountExpiresMs: fc.constantFrom(null, nowMs - 1, nowMs + 1),
    }) as fc.Arbitrary<MirrorObject>,
    outOfScope: fc.constantFrom(null, 'left'),
    placeKnown: fc.boolean(),
    isFirstRun: fc.boolean(),
    unresolvedFilter: fc.constantFrom([], ['Staff']),
    missingBases: fc.constantFrom([], ['OU=Gone,DC=corp']),
    groups: names,
    ownedGroups: fc.uniqueArray(name.map(folded)).map((each) => new Set(each)),
    link,
    account: fc.option(
      fc.record({
        username: fc.constant('anna@example.com'),
        id: fc.constant('1'),
        fullname: fc.constantFrom('Anna Meyer', ''),
        disabled: fc.boolean(),
        admin: fc.boolean(),
        groups: names,
        invited: fc.boolean(),
        objectGuid: fc.constant(null),
        directory: fc.constant(null),
      }),
    ),
    accountHolder: fc.option(
      fc.record({ other: fc.constantFrom(...namesakes), deleted: fc.boolean() }).map(({ other, deleted }) => ({
        ...other,
        ...{ deleted, link: annasLink },
      })),
    ),
    recognised: fc.boolean(),
    severalAccounts: fc.constantFrom([], [], ['a@example.com', 'b@example.com']),
    createdFor: fc.constantFrom(null, 'corp/9'),
    addressTaken: fc.constantFrom(null, 'somebody has it'),
    otherHolders: fc.subarray(namesakes),
    policy: fc
      .record({
        onDeleted: fc.constantFrom(...leaverAction.options),
        onDisabled: fc.constantFrom(...leaverAction.options),
        onRemovedFromFilter: fc.constantFrom(...leaverAction.options),
      })
      .map((actions) => policy.parse(actions)),
    decision: fc.constant(null),
    nowMs: fc.constant(nowMs),
  });
  /** Without a link the account is the person's by its attribs, or by their address. */
  const canBe = ({ person, link, recognised, account, accountHolder }: PlanInputs) =>
    (accountHolder === null || (link === null && !recognised)) &&
    (link !== null || recognised || account === null || account.username === usernameOf(person));
  const holds = (what: string, property: (inputs: PlanInputs, planned: Planned) => void) =>
    test(what, () =>
      fc.assert(
        fc.property(inputs.filter(canBe), (given) => property(given, makePlan(given))),
        { numRuns: 2_000 },
      ),
    );
  const inGoodStanding = ({ person, outOfScope }: PlanInputs) =>
    !person.deleted &&
    !person.absent &&
    outOfScope === null &&
    person.userAccountControl === 512 &&
    !(person.accountExpiresMs !== null && person.accountExpiresMs <= nowMs);

  const keepsFromEnabled = ({ place, standing }: Other) =>
    place === 'same' || (place === 'earlier' && standing === 'enabled');

  /** What LastPass has after the steps, by the rules of the API alone. */
  const after = (account: Account | null, steps: readonly Step[]): Account | null => {
    let current = account;
    for (const step of steps) {
      if (step.kind === 'create') current = { ...annasAccount, fullname: step.fullname, groups: [...step.groups] };
      else if (current === null || ['withdraw', 'remove', 'delete'].includes(step.kind)) current = null;
      else if (step.kind === 'rename') current = { ...current, fullname: step.fullname };
      else if (step.kind === 'join-groups') current = { ...current, groups: [...current.groups, ...step.groups] };
      else if (step.kind === 'leave-groups')
        current = { ...current, groups: current.groups.filter((each) => !step.groups.includes(each)) };
      else if (step.kind === 'disable' || step.kind === 'enable')
        current = { ...current, disabled: step.kind === 'disable' };
    }
    return current;
  };

  holds('nobody is created who has an account, a link, no valid mail, or a namesake in mail', (given, planned) => {
    if (!kinds(planned).includes('create')) return;
    assert.equal(given.account, null);
    assert.equal(given.link, null);
    assert.ok(usernameOf(given.person));
    assert.deepEqual(given.otherHolders.filter(keepsFromEnabled), []);
    assert.ok(inGoodStanding(given));
  });

  holds(
    'an account passes on only from who is deleted, or to another directory from who has let go',
    (given, planned) => {
      if (planned.linkChange.kind !== 'adopt' || given.accountHolder === null) return;
      const { person, deleted, place, standing } = given.accountHolder;
      assert.equal(planned.linkChange.from, person);
      assert.ok(deleted || (place !== 'same' && standing === 'none' && given.outOfScope === null));
    },
  );

  holds('nobody in good standing loses access', (given, planned) => {
    if (inGoodStanding(given)) assert.deepEqual(planned.steps.filter(isLeaverStep), []);
  });

  holds('only groups that AD owns are left', (given, planned) => {
    for (const step of planned.steps)
      if (step.kind === 'leave-groups') for (const each of step.groups) assert.ok(given.ownedGroups.has(folded(each)));
  });

  holds('without a link nothing is ever taken from anybody but by adoption', (given, planned) => {
    if (given.link === null && planned.linkChange.kind === 'none')
      assert.deepEqual(
        planned.steps.filter((step) => step.kind !== 'create' && isGuarded(step)),
        [],
      );
  });

  holds('the guarded steps have a name exactly when there are any', (_, planned) => {
    assert.equal(planned.guarded !== null, planned.steps.some(isGuarded));
  });

  holds('absence is always held', (given, planned) => {
    if (given.person.absent && !given.person.deleted && planned.steps.some(isLeaverStep)) assert.ok(planned.mustHold);
  });

  holds('whose link was found again loses nothing without a word, unless only disabled in AD', (given, planned) => {
    const isRegained = given.link === null ? given.recognised : given.link.regained;
    const isOnlyDisabled = !given.person.deleted && !given.person.absent && given.outOfScope === null;
    if (isRegained && !isOnlyDisabled && planned.steps.some(isLeaverStep)) assert.ok(planned.mustHold);
  });

  holds('who disabled an account is never guessed', (given, planned) => {
    const enable = planned.steps.find(({ kind }) => kind === 'enable');
    if (enable && !given.link?.disabledByUs) assert.ok(isGuarded(enable) && planned.mustHold);
  });

  holds('planning again after the steps finds nothing left to do, but what a question kept back', (given, planned) => {
    const account = after(given.account, planned.steps);
    const created = planned.steps.some(({ kind }) => kind === 'create');
    const gone = account === null && planned.steps.some(({ kind }) => ['withdraw', 'remove', 'delete'].includes(kind));
    const base = planned.linkChange.kind === 'none' ? given.link : planned.linkChange.link;
    const asked = planned.steps.find((step) => step.kind === 'change-email');
    const link = created
      ? { ...annasLink, username: planned.username }
      : gone
        ? null
        : base && {
            ...base,
            disabledByUs:
              planned.steps.some(({ kind }) => kind === 'disable') ||
              (base.disabledByUs && !planned.steps.some(({ kind }) => kind === 'enable')),
            ...(asked ? { changingTo: asked.to } : {}),
          };
    const keptBack = planned.steps.some(isUncertain) ? ['leave-groups'] : [];
    const left = makePlan({ ...given, account, link }).steps.filter(({ kind }) => !keptBack.includes(kind));
    assert.deepEqual(left, []);
  });

  holds('an address is changed only for somebody in good standing, to one that is free', (given, planned) => {
    if (!kinds(planned).includes('change-email')) return;
    assert.ok(inGoodStanding(given) && (given.link !== null || given.recognised) && given.account?.invited === false);
    assert.deepEqual([given.addressTaken, given.otherHolders.filter(keepsFromEnabled)], [null, []]);
  });

  holds('an account of somebody in good standing ends up as in AD', (given, planned) => {
    const account = after(given.account, planned.steps);
    const linked = given.link !== null || planned.linkChange.kind === 'adopt' || kinds(planned).includes('create');
    if (!inGoodStanding(given) || !linked || account === null || account.invited) return;
    assert.equal(account.fullname, fullnameOf(given.person));
    const has = new Set(account.groups.map(folded));
    for (const each of given.groups) assert.ok(has.has(folded(each)));
    if (!planned.steps.some(isUncertain))
      for (const each of has) assert.ok(given.groups.map(folded).includes(each) || !given.ownedGroups.has(each));
  });
});
