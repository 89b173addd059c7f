/** A preview for tests, with one of everything. */
import type { PreviewedSync } from '../../api/documents.ts';

const since = '2026-11-29T09:00:00.000Z';
const account = { fullname: 'Ann Old', disabled: false, invited: false, groups: ['Sales'] };
const zed = { person: 'corp/6', username: 'zed@company.test', name: 'Zed', account };

export const somePreview: PreviewedSync = {
  sent: [
    {
      ...{ person: 'corp/1', username: 'ann@company.test', name: '=Ann "New", Ltd', account },
      steps: [
        { kind: 'rename', fullname: 'Ann New', because: 'has another name' },
        { kind: 'join-groups', groups: ['Support', 'Board'], because: 'is in them' },
      ],
      calls: [],
    },
    { ...zed, steps: [{ kind: 'rename', fullname: 'Zed', because: 'has another name' }], calls: [] },
  ],
  held: [{ ...zed, steps: [{ kind: 'disable', because: 'is disabled' }], because: 'too many at once' }],
  groups: [
    {
      ...{ group: 'corp/9', name: 'Sales', to: 'Revenue', verdict: 'held', members: 8, since },
      because: 'LastPass can’t rename a group',
    },
  ],
  pending: [
    {
      ...{ person: 'corp/3', username: 'eve@company.test', name: 'Eve\r\nil', account: null },
      steps: [{ kind: 'create', fullname: 'Eve', groups: [], because: 'is in scope', needsApproval: true }],
      because: 'new, and onDetected is approve',
    },
  ],
  setAside: [{ person: 'corp/4', name: 'nomail', reason: 'has no mail', kind: 'data', since }],
  deletedByHand: [{ person: 'corp/5', name: 'Gus', reason: '-- the account was deleted', since }],
  read: { objects: 164, accounts: 8 },
};
