/** Policy: who gets an account, and what becomes of the accounts of those who go; what another one would do, before it is in force. */
import { Anchor, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { Link } from 'wouter';
import { policyQuery, sessionQuery } from '../../api/queries.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Consideration } from './consideration.tsx';
import { Editor } from './editor.tsx';
import { type Edits, flat, wishFor } from './edits.ts';
import { InForce } from './in-force.tsx';
import classes from './policy.module.css';
import { PolicyHistory } from './policy-history.tsx';
import { type Edit, useEdit } from './use-edit.ts';

/** What is about to be changed outlives a look at another part of the page. */
let keptEdits: Edits = {};

function useEdits() {
  const [edits, setEdits] = useState(keptEdits);
  const keep = useCallback((next: Edits) => {
    keptEdits = next;
    setEdits(next);
  }, []);
  return [edits, keep] as const;
}

export default function PolicyPage() {
  const edit = useEdit();
  const [edits, setEdits] = useEdits();
  /** Number of the policy that was brought into force here. */
  const [brought, setBrought] = useState<number | null>(null);
  const wish = edit.consider.variables;
  if (edit.consider.status === 'idle' || wish === undefined)
    return <Current edit={edit} edits={edits} onEdits={setEdits} brought={brought} />;
  const finish = (number: number | null) => {
    setBrought(number);
    if ('set' in wish) setEdits({});
    edit.leave();
  };
  return <Consideration edit={edit} wish={wish} onDone={finish} />;
}

interface CurrentProps {
  readonly edit: Edit;
  readonly edits: Edits;
  readonly onEdits: (edits: Edits) => void;
  readonly brought: number | null;
}

function Current({ edit, edits, onEdits, brought }: CurrentProps) {
  const { data: policy, error, refetch } = useQuery(policyQuery);
  const role = useQuery(sessionQuery).data?.role;
  const { mutate } = edit.consider;
  const rollBack = useCallback((number: number) => mutate({ rollback: number }), [mutate]);
  return (
    <>
      <PageHeader title="Policy">
        Who gets an account, and what becomes of the accounts of those who go.{' '}
        {role === 'viewer'
          ? 'You are signed in as a viewer: an administrator can change it.'
          : 'What a change would do to whom is shown before it is in force.'}
      </PageHeader>
      {policy === undefined && error !== null && (
        <ErrorBox error={error} title="The policy can’t be shown" onRetry={() => void refetch()} />
      )}
      {policy === undefined && error === null && <Skeleton height={320} radius="md" animate={false} />}
      {policy !== undefined && (
        <div className={classes.stack}>
          {brought !== null && <Brought number={brought} />}
          <InForce policy={policy} onReset={() => mutate({ reset: true })} />
          <Editor
            inForce={flat(policy.policy)}
            edits={edits}
            onEdits={onEdits}
            editable={role === 'administrator' && policy.number !== null}
            onConsider={() => mutate(wishFor(edits))}
          />
          <Title order={2}>History</Title>
          <PolicyHistory inForce={policy.number} onRollBack={rollBack} />
        </div>
      )}
    </>
  );
}

const Brought = ({ number }: { number: number }) => (
  <Notice grade="good" title={`Policy ${number} is in force.`}>
    <Text size="sm">
      Every directory is read afresh; until all of it is planned, leavers are held. The{' '}
      <Anchor component={Link} href="/" size="sm">
        overview
      </Anchor>{' '}
      tells how far it is.
    </Text>
  </Notice>
);
