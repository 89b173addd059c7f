/** What puts somebody into scope or out of it, and what puts them into each group of LastPass. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PersonStory, Way } from '../../api/documents.ts';
import { Chain, type ChainLink } from '../../components/chain.tsx';
import { Icon } from '../../components/icon.tsx';
import { asSentence } from '../../text/sentence.ts';
import classes from './ways.module.css';

/** The person, and the groups behind them, the last of which it is about. */
const linksOf = (name: string, way: Way): ChainLink[] => [
  { name, kind: 'person' },
  ...way.map((group, index): ChainLink => ({ name: group, kind: index === way.length - 1 ? 'goal' : 'group' })),
];

/** One condition: whether it holds, what it is, and why. */
function Condition({ holds, title, children }: { holds: boolean; title: string; children: ReactNode }) {
  return (
    <li className={classes.condition} data-holds={holds || undefined}>
      <span className={classes.mark}>
        <Icon name={holds ? 'check' : 'cross'} size={16} />
      </span>
      <div className={classes.content}>
        <Text size="sm" c="dimmed">
          {title}
        </Text>
        {children}
      </div>
    </li>
  );
}

/** Base, filter and exclusions, one after the other. */
export function ScopeWay({ story: { name, scope } }: { story: PersonStory }) {
  const { out, base, filter, excludedThrough } = scope;
  return (
    <>
      <Text fw={500}>{out === null ? 'In scope.' : asSentence(`Out of scope: ${out}`)}</Text>
      <ul className={classes.conditions}>
        <Condition holds={base !== null} title="userBases">
          {base ?? 'They lie under none of them.'}
        </Condition>
        {filter.map(({ entry, exists, way }) => (
          <Condition key={entry} holds={way !== null} title={`groupFilter: ${entry}`}>
            {way !== null ? (
              <Chain links={linksOf(name, way)} />
            ) : exists ? (
              'They are no member.'
            ) : (
              'No directory has such a group.'
            )}
          </Condition>
        ))}
        {excludedThrough !== null && (
          <Condition holds={false} title="excludeGroups">
            <Chain links={linksOf(name, excludedThrough)} against />
          </Condition>
        )}
      </ul>
      {filter.length > 1 && (
        <Text size="sm" c="dimmed" mt="xs">
          One group of groupFilter is enough.
        </Text>
      )}
    </>
  );
}

function membershipText(account: PersonStory['account'], isIn: boolean): string {
  if (isIn) return 'The account is in it';
  if (account === null) return 'They have no account';
  return account.status === 'invited'
    ? 'LastPass tells it once the invitation is accepted'
    : 'The account isn’t in it yet';
}

/** The groups that they should be in at LastPass, each with the way there, and whether the account is in it. */
export function GroupWays({ story: { name, groups, account } }: { story: PersonStory }) {
  if (groups.length === 0)
    return <Text c="dimmed">No group of Active Directory makes them a member of one at LastPass.</Text>;
  return (
    <ul className={classes.conditions}>
      {groups.map(({ name: group, way }) => {
        const isIn = account?.groups.includes(group) ?? false;
        return (
          <Condition key={group} holds={isIn} title={membershipText(account, isIn)}>
            <Chain
              links={[
                { name, kind: 'person' },
                ...way.map((each): ChainLink => ({ name: each, kind: 'group' })),
                { name: group, kind: isIn ? 'account' : 'goal', label: 'LastPass' },
              ]}
            />
          </Condition>
        );
      })}
    </ul>
  );
}
