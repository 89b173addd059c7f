/** What somebody shows at a log-in, held against what LastPass keeps of them. */
import { fragmentIdOf, hiddenMasterPassword, isSame, masterKeyOf } from './master-key.ts';
import type { Tenant } from './tenant.ts';

/** What is shown: a master password; K1, as the identity provider hands it on; or nothing, which a rehearsal takes of who isn't federated. */
export type Shown = { username: string; password?: string | undefined; LastPassKeyPart?: string | undefined };

/** Why a log-in isn't to be; null where nothing speaks against it. Only `wrong` is the person's own doing. */
export type Objection = { kind: 'wrong' | 'impossible'; text: string };

/** Derives what a client would, which takes some tenths of a second, and compares. */
export async function objectionTo(
  tenant: Tenant,
  { username, password, LastPassKeyPart }: Shown,
): Promise<Objection | null> {
  if (LastPassKeyPart !== undefined) return await objectionToKey(tenant, { username, k1: LastPassKeyPart });
  if (password !== undefined) return await objectionToPassword(tenant, { username, password });
  if (tenant.keys.find(username) === undefined) return null;
  return {
    kind: 'impossible',
    text: `${username} is federated: give LastPassKeyPart, which is K1, or password, which is the hidden master password`,
  };
}

async function objectionToKey(
  tenant: Tenant,
  { username, k1 }: { username: string; k1: string },
): Promise<Objection | null> {
  const key = tenant.keys.find(username);
  if (key === undefined) return { kind: 'impossible', text: `${username} isn't federated: no K2 is registered` };
  const wrong: Objection = {
    kind: 'wrong',
    text: `the K2 of ${username} belongs to another K1, so the log-in is refused`,
  };
  if (fragmentIdOf(k1) !== key.fragmentId) return wrong;
  const password = hiddenMasterPassword(k1, key.k2);
  return password === null ? wrong : await objectionToPassword(tenant, { username, password });
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
