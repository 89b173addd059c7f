/** Who is signed in, in which role, and the way out. */
import { Button, Menu, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';
import { leaveToSignIn, send } from '../api/request.ts';
import { Icon } from '../components/icon.tsx';

/** What ends: this session, or all of the same person. */
type Ending = '/session' | '/sessions';

export function AccountMenu() {
  const { data: session } = useQuery(sessionQuery);
  const signOut = useMutation({
    mutationFn: (ending: Ending) => send(ending, { method: 'DELETE' }),
    onSuccess: () => leaveToSignIn({ andBack: false }),
  });
  if (session === undefined) return null;
  return (
    <Menu position="bottom-end" width={260} trapFocus>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          leftSection={<Icon name="person" />}
          aria-label={`Signed in as ${session.name}, ${session.role}`}
        >
          <Text span size="sm" visibleFrom="md" maw={220} truncate>
            {session.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.name}
          <br />
          {session.role}
        </Menu.Label>
        <Menu.Item leftSection={<Icon name="signOut" size={16} />} onClick={() => signOut.mutate('/session')}>
          Sign out
        </Menu.Item>
        <Menu.Item onClick={() => signOut.mutate('/sessions')}>Sign out everywhere</Menu.Item>
        {signOut.error !== null && <Menu.Label role="alert">It failed: try again.</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
