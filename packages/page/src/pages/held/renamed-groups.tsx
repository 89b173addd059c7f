/** Groups that are to be called otherwise than they are at LastPass, and keep their name there until somebody has spoken. */
import { Stack, Text } from '@mantine/core';
import type { HeldGroup } from '../../api/documents.ts';
import { Moment } from '../../components/moment.tsx';
import type { Column } from '../../components/paged-table.tsx';
import { Panel } from '../../components/panel.tsx';
import { DecidableTable } from '../../decisions/decidable-table.tsx';
import type { Offer } from '../../decisions/offer.ts';
import { counted } from '../../text/count.ts';

const columns: readonly Column<HeldGroup>[] = [
  { header: 'At LastPass', cell: ({ name }) => <b>{name}</b>, width: '22%' },
  { header: 'In Active Directory', cell: ({ to }) => <b>{to}</b>, width: '22%' },
  {
    header: 'What would happen',
    cell: ({ name, to, members }) => `${counted(members, 'member', 'members')} would join ${to}, then leave ${name}.`,
  },
  { header: 'Since', cell: ({ since }) => <Moment at={since} />, width: '7rem' },
];

const keyOf = ({ group }: HeldGroup) => group;
const nameOf = ({ name, to }: HeldGroup) => `${name}, now ${to}`;

const release: Offer<HeldGroup> = {
  deed: 'release',
  verb: 'Release',
  dangerous: true,
  effect: (when) => `their members join the new name, then leave the old one; that begins ${when}`,
  meaning: () =>
    'All their members join the group of the new name at LastPass, then leave the old one. Shared folders and policies stay with the old name: prepare the new group first.',
};

const reject: Offer<HeldGroup> = {
  deed: 'reject',
  verb: 'Reject',
  effect: () => 'they keep their old name',
  meaning: () => 'Their members stay in the group of the old name, until it is renamed once more.',
};

export function RenamedGroups({ groups }: { groups: readonly HeldGroup[] }) {
  const [held, released, rejected] = (['held', 'released', 'rejected'] as const).map((verdict) =>
    groups.filter((group) => group.verdict === verdict),
  );
  return (
    <Panel title="Renamed groups">
      <Text c="dimmed" mb="sm" maw={720}>
        LastPass can’t rename a group, and shared folders and policies hang on its name. Prepare the new group at
        LastPass, then release it; or keep the old name.
      </Text>
      <Stack gap="md">
        <Groups caption="Renamed groups that are held" groups={held} offers={[release, reject]} />
        {released?.map(({ group, name, to }) => (
          <Text key={group}>
            <b>{name}</b> is released: its members are on the way to <b>{to}</b>.
          </Text>
        ))}
        {rejected !== undefined && rejected.length > 0 && (
          <div>
            <Text mb="xs">Rejected: these keep their old name. They can be released after all.</Text>
            <Groups caption="Renamed groups that keep their old name" groups={rejected} offers={[release]} />
          </div>
        )}
      </Stack>
    </Panel>
  );
}

interface GroupsProps {
  readonly caption: string;
  readonly groups: readonly HeldGroup[] | undefined;
  readonly offers: readonly Offer<HeldGroup>[];
}

/** They are few: all are told at once. */
function Groups({ caption, groups = [], offers }: GroupsProps) {
  return (
    <DecidableTable
      caption={caption}
      columns={columns}
      rows={groups}
      keyOf={keyOf}
      nameOf={nameOf}
      page={undefined}
      onPage={() => undefined}
      empty={null}
      offers={offers}
      what={{ one: 'group', many: 'groups' }}
      lists={[]}
      readFirst={async () => ({ rows: groups, total: groups.length })}
    />
  );
}
