/** Who may use the API by token, and having one open nothing any more. */
import { Badge, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Token } from '../../api/documents.ts';
import { tokensQuery } from '../../api/queries.ts';
import { send } from '../../api/request.ts';
import { useMayChange } from '../../api/session.ts';
import { ActButton } from '../../components/act-button.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Moment } from '../../components/moment.tsx';
import { type Column, PagedTable } from '../../components/paged-table.tsx';
import { Panel } from '../../components/panel.tsx';
import classes from './diagnostics.module.css';

export function TokensPanel() {
  const isAdministrator = useMayChange();
  return (
    <Panel title="API tokens">
      <div className={classes.parts}>
        <Text c="dimmed" maw={720}>
          Scripts and other programs use the API with a token; whoever has one may also sign in with it. Tokens are made
          with the command, which shows them once:
        </Text>
        <CommandLine command="connector create-token dashboards --role viewer --expires 90d" />
        {isAdministrator ? <Tokens /> : <Text>Which ones there are is for administrators.</Text>}
      </div>
    </Panel>
  );
}

const keyOf = ({ name }: Token) => name;

const columnsFor = (onRevoke: (token: Token) => void): Column<Token>[] => [
  { header: 'Token', cell: ({ name }) => <Text fw={500}>{name}</Text>, width: '26%' },
  { header: 'Role', cell: ({ role }) => role },
  { header: 'Ends', cell: (token) => <Ends token={token} /> },
  {
    header: 'Made',
    cell: ({ createdAt, createdBy }) => (
      <>
        <Moment at={createdAt} />, by {createdBy}
      </>
    ),
  },
  {
    header: 'Revoke',
    cell: (token) => (
      <ActButton
        size="compact-sm"
        variant="default"
        aria-label={`Revoke ${token.name}`}
        onClick={() => onRevoke(token)}
      >
        Revoke
      </ActButton>
    ),
    width: '7rem',
  },
];

function Ends({ token: { expires, over } }: { token: Token }) {
  if (expires === null) return 'when it is revoked';
  if (!over) return <Moment at={expires} />;
  return (
    <Badge color="gray" variant="light" size="sm" radius="sm" c="dimmed">
      over
    </Badge>
  );
}

function Tokens() {
  const { data, error, refetch } = useQuery(tokensQuery);
  const [asked, setAsked] = useState<Token | null>(null);
  const columns = useMemo(() => columnsFor(setAsked), []);
  const revoke = useMutation({
    // Whoever was quicker has done it as well: there is no such token any more (404).
    mutationFn: (name: string) =>
      send(`/tokens/${encodeURIComponent(name)}`, { method: 'DELETE', alsoDocuments: [404] }),
  });
  const close = () => {
    setAsked(null);
    if (revoke.isError) revoke.reset();
  };
  if (error !== null && data === undefined)
    return <ErrorBox error={error} title="Tokens can’t be listed" onRetry={() => void refetch()} />;
  return (
    <>
      <PagedTable
        caption="Tokens for the API"
        columns={columns}
        rows={data?.tokens}
        keyOf={keyOf}
        page={undefined}
        onPage={() => undefined}
        empty={<Text>There is none.</Text>}
      />
      <Text size="sm" role="status">
        {revoke.isSuccess && `${revoke.variables} opens nothing any more.`}
      </Text>
      <ConfirmDialog
        opened={asked !== null}
        title={`Revoke ${asked?.name ?? 'this token'}?`}
        verb="Revoke it"
        names={asked === null ? [] : [asked.name]}
        count={asked === null ? 0 : 1}
        what={{ one: 'token', many: 'tokens' }}
        dangerous
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => asked !== null && revoke.mutate(asked.name, { onSuccess: () => setAsked(null) })}
        onClose={close}
      >
        It opens nothing from then on, and every session that was opened with it ends at once, yours too if it was. It
        can’t be taken back: another one can be made.
      </ConfirmDialog>
    </>
  );
}
