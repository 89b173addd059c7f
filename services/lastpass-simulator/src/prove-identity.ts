/** What somebody shows at a log-in, held against what LastPass keeps of them. */
import { fragmentIdOf, hiddenMasterPassword, isSame, masterKeyOf } from './master-key.ts';
import type { Tenant } from './tenant.ts';

/**
 * What is shown: a master password; K1, as the identity provider hands it on; both, by who becomes a federated user with this log-in; or
 * nothing, which a rehearsal takes of who isn't federated.
 */
export type Shown = { username: string; password?: string | undefined; LastPassKeyPart?: string | undefined };

/** Why a log-in isn't to be; null where nothing speaks against it. Only `wrong` is the person's own doing. */
export type Objection = { kind: 'wrong' | 'impossible'; text: string };

/** Derives what a client would, which takes some tenths of a second, and compares. */
export async function objectionTo(
  tenant: Tenant,
  { username, password, LastPassKeyPart }: Shown,
): Promise<Objection | null> {
  if (LastPassKeyPart !== undefined && password !== undefined)
    return await objectionToConversion(tenant, { username, password, k1: LastPassKeyPart });
  if (LastPassKeyPart !== undefined) return await objectionToKey(tenant, { username, k1: LastPassKeyPart });
  if (password !== undefined) return await objectionToPassword(tenant, { username, password });
  if (tenant.keys.find(username) === undefined) return null;
  return {
    kind: 'impossible',
    text: `${username} is federated: give LastPassKeyPart, which is K1, or password, which is the hidden master password`,
  };
}

interface ByKey {
  readonly username: string;
  readonly k1: string;
}

async function objectionToKey(tenant: Tenant, { username, k1 }: ByKey): Promise<Objection | null> {
  const hidden = hiddenPasswordOf(tenant, { username, k1 });
  return 'password' in hidden ? await objectionToPassword(tenant, { username, password: hidden.password }) : hidden;
}

/** Whose password nobody has told here, as of everybody who was invited, is taken at their word. */
async function objectionToConversion(
  tenant: Tenant,
  { username, password, k1 }: ByKey & { readonly password: string },
): Promise<Objection | null> {
  const hidden = hiddenPasswordOf(tenant, { username, k1 });
  if (!('password' in hidden)) return hidden;
  return tenant.find(username)?.master_key === undefined
    ? null
    : await objectionToPassword(tenant, { username, password });
}

/** What K1 makes of somebody's K2. */
function hiddenPasswordOf(tenant: Tenant, { username, k1 }: ByKey): { readonly password: string } | Objection {
  const key = tenant.keys.find(username);
  if (key === undefined) return { kind: 'impossible', text: `${username} isn't federated: no K2 is registered` };
  const password = fragmentIdOf(k1) === key.fragmentId ? hiddenMasterPassword(k1, key.k2) : null;
  if (password !== null) return { password };
  return { kind: 'wrong', text: `the K2 of ${username} belongs to another K1, so the log-in is refused` };
}

/**
 * What a client does at the log-in by which somebody becomes a federated user: the vault is encrypted anew, by the hidden master password. From
 * then on it is the only one.
 * @param shown that nothing speaks against
 */
export async function takeHiddenPassword(
  tenant: Tenant,
  { username, password, LastPassKeyPart: k1 }: Shown,
): Promise<void> {
  if (password === undefined || k1 === undefined) return;
  const hidden = hiddenPasswordOf(tenant, { username, k1 });
  if (!('password' in hidden)) return;
  const derived = await masterKeyOf({ username, password: hidden.password });
  const user = tenant.find(username);
  if (user !== undefined) user.master_key = derived;
}

async function objectionToPassword(
  tenant: Tenant,
  shown: { username: string; password: string },
): Promise<Objection | null> {
  const derived = await masterKeyOf(shown);
  const kept = tenant.find(shown.username)?.master_key; // looked at last: deriving takes a while
  if (kept === undefined)
    return { kind: 'impossible', text: `${shown.username} has no master password that a batchadd has set` };
  return isSame(kept, derived) ? null : { kind: 'wrong', text: `wrong master password for ${shown.username}` };
}
