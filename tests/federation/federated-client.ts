/** What a client of LastPass does with what AD FS hands it. */
import assert from 'node:assert/strict';
import { fragmentIdOf, HiddenMasterPassword } from '@connector/federation/derived.ts';
import { CompanyHalf, LastPassHalf } from '@connector/federation/key-halves.ts';
import type { SimulatorControl } from '../support/simulator.ts';

export interface FederatedClient {
  /** Asks for the type and for K2, reckons the password, and logs in by that. @param keyPart K1, as in `LastPassKeyPart` */
  logsIn(username: string, keyPart: string): Promise<void>;
  /** K2, as it is handed out to who knows the fragment id. */
  k2Of(username: string, fragmentId: string): Promise<string>;
}

export function clientOf(simulator: SimulatorControl): FederatedClient {
  const { origin } = new URL(simulator.apiUrl);
  const json = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${origin}${path}`, { ...init, headers: { 'content-type': 'application/json' } });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
    return (await answer.json()) as { type?: string; k2?: string };
  };
  const k2Of = async (username: string, fragmentId: string) =>
    (await json('/getkey', { method: 'POST', body: JSON.stringify({ username, fragmentId }) })).k2 ?? '';
  return {
    k2Of,
    async logsIn(username, keyPart) {
      using k1 = CompanyHalf.from(keyPart);
      assert.equal((await json(`/login/type?username=${username}`)).type, 'federated');
      using k2 = LastPassHalf.from(await k2Of(username, fragmentIdOf(k1)));
      using password = HiddenMasterPassword.of(k1, k2);
      await simulator.login(username, { password: password.reveal() });
    },
  };
}
