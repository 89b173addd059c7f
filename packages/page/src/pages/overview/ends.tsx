/** The two ends, and the policy between them: how fresh is what is known of each. */
import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { StatusDocument } from '../../api/documents.ts';
import { Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { numberText } from '../../text/count.ts';
import { asSentence } from '../../text/sentence.ts';

export function Ends({
  status: { directories, accounts, alarm, policy, policySet, mode },
}: {
  status: StatusDocument;
}) {
  return (
    <>
      {directories.map(({ id, domainController, completedAt, fullRead, usn }) => (
        <Panel key={id} title={`Directory ${id}`}>
          <Facts
            facts={[
              ['Domain controller', domainController ?? 'not read yet'],
              ['All read', completedAt === null ? 'never' : <Moment key="at" at={completedAt} />],
              ['Full read', fullRead],
              ['Up to USN', usn ?? 'not read yet'],
            ]}
          />
        </Panel>
      ))}
      <Panel title="LastPass">
        <Facts
          facts={[
            ['Accounts', accounts.readAt === null ? 'not read yet' : numberText(accounts.count)],
            ['Read', accounts.readAt === null ? 'never' : <Moment key="at" at={accounts.readAt} />],
            ['Mode', mode],
            [
              'Policy',
              <Anchor key="policy" component={Link} href="/policy">
                {policySet === null ? policy : `${policy}, set by ${policySet.by}`}
              </Anchor>,
            ],
          ]}
        />
        {alarm !== null && (
          <Text size="sm" mt="xs">
            {asSentence(alarm.message)} It is tried again <Moment at={alarm.tryAgainAt} />.
          </Text>
        )}
      </Panel>
    </>
  );
}
