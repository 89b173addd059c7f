/** Carries out at the simulator what somebody does at LastPass by hand. */
import type { SimulatedState, SimulatedUser, Simulator } from '../support/simulator.ts';
import type { HandOperation } from './expected-tenant.ts';
import { lower } from './rules.ts';

/** One after the other. Not while anybody else is at it: the whole company is read, changed and written. */
export async function performByHand(simulator: Simulator, operations: readonly HandOperation[]): Promise<void> {
  for (const operation of operations) {
    if (operation.kind === 'log-in') {
      await simulator.login(operation.username);
      continue;
    }
    const state = await simulator.state();
    await simulator.seed({ ...state, groups: namesOnly(state), users: usersAfter(state.users, operation) });
  }
}

/** Who is in a group is told by the users. */
const namesOnly = ({ groups }: SimulatedState) => Object.fromEntries(Object.keys(groups).map((name) => [name, []]));

function usersAfter(users: readonly SimulatedUser[], operation: HandOperation): object[] {
  if (operation.kind === 'hand-add') {
    const { username, fullname, groups, disabled } = operation;
    return [...users, { username, fullname, groups, disabled }];
  }
  return users.flatMap((user) => (user.username === operation.username ? changed(user, operation) : user));
}

function changed(user: SimulatedUser, operation: Exclude<HandOperation, { kind: 'hand-add' }>): object[] {
  const groups = user.groups ?? [];
  switch (operation.kind) {
    case 'hand-disable':
    case 'hand-enable':
      return [{ ...user, disabled: operation.kind === 'hand-disable' }];
    case 'hand-delete':
      return [];
    case 'hand-rename':
      return [{ ...user, fullname: operation.fullname }];
    case 'hand-join':
      return [{ ...user, groups: [...groups, operation.group] }];
    case 'hand-leave':
      return [{ ...user, groups: groups.filter((name) => lower(name) !== lower(operation.group)) }];
    case 'hand-readdress':
      return [{ ...user, username: operation.to }];
    case 'log-in':
      return [user];
  }
}
