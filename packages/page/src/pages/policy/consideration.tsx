/** Another policy before it is in force: what it would do to whom, and the deed. */
import { radiusSentences } from '@connector/console/src/policy/radius-sentences.ts';
import { Button, Loader, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { PolicyEditDocument, PolicyWish } from '../../api/documents.ts';
import { ApiError } from '../../api/request.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted } from '../../text/count.ts';
import { BlastRadius } from './blast-radius.tsx';
import { ChangeList } from './change-list.tsx';
import classes from './policy.module.css';
import { type RadiusPart, radiusParts } from './radius.ts';
import type { Edit } from './use-edit.ts';

export interface ConsiderationProps {
  readonly edit: Edit;
  readonly wish: PolicyWish;
  /** Told the number of the policy that is in force now. */
  readonly onDone: (number: number | null) => void;
}

/** What is asked about: `If policy 3 counted again`. */
function wishText(wish: PolicyWish): string {
  if ('rollback' in wish) return `If policy ${wish.rollback} counted again.`;
  if ('reset' in wish) return 'If what the configuration says counted again.';
  return 'If your changes counted.';
}

export function Consideration({ edit, wish, onDone }: ConsiderationProps) {
  const { consider, leave } = edit;
  const { data, error, isPending } = consider;
  return (
    <>
      <PageHeader
        title="What it would do"
        actions={
          <Button variant="default" leftSection={<Icon name="back" size={16} />} onClick={leave}>
            Back to the policy
          </Button>
        }
      >
        {wishText(wish)} Nothing is in force yet: everybody is planned under it on a copy in memory, by what was read
        last, and told is who would not be treated so anyway.
      </PageHeader>
      {isPending && <UnderWay onCancel={leave} />}
      {error !== null && (
        <ErrorBox error={error} title="What it would do can’t be told" onRetry={() => consider.mutate(wish)} />
      )}
      {data !== undefined && <Considered edit={edit} wish={wish} document={data} onDone={onDone} />}
    </>
  );
}

function UnderWay({ onCancel }: { onCancel: () => void }) {
  return (
    <Panel title="Planning everybody">
      <div className={classes.inline}>
        <Loader size="sm" />
        <Text role="status">With many people this takes a while.</Text>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </Panel>
  );
}

type ConsideredProps = ConsiderationProps & { readonly document: PolicyEditDocument };

function Considered({ document, ...props }: ConsideredProps) {
  const { radius, replaces, changes } = document;
  const parts = useMemo(() => (radius === null ? [] : radiusParts(radius)), [radius]);
  if (radius === null || replaces === null)
    return (
      <EmptyState icon="check" title="The policy is so already.">
        There is nothing to bring into force.
      </EmptyState>
    );
  return (
    <div className={classes.stack}>
      <Deed {...props} sentences={radiusSentences(radius, counted)} parts={parts} replaces={replaces} />
      {changes.length > 0 && (
        <Panel title="Changed in the policy">
          <ChangeList changes={changes} />
        </Panel>
      )}
      <BlastRadius parts={parts} unresolved={radius.unresolved} />
    </div>
  );
}

interface DeedProps extends ConsiderationProps {
  /** What it would do. */
  readonly sentences: readonly string[];
  readonly parts: readonly RadiusPart[];
  readonly replaces: number;
}

/** So many names tell whether it is the right people; all of them stand in the lists. */
const mostNames = 100;

function Deed({ edit: { bring, consider }, wish, sentences, parts, replaces, onDone }: DeedProps) {
  const [isAsked, setIsAsked] = useState(false);
  const people = parts.flatMap((part) => part.people);
  const leavers = parts.filter(({ takes }) => takes).reduce((sum, part) => sum + part.people.length, 0);
  const isMoved = bring.error instanceof ApiError && bring.error.code === 'POLICY_MOVED';
  const close = () => {
    setIsAsked(false);
    bring.reset();
  };
  const askAgain = () => {
    bring.reset();
    consider.mutate(wish);
  };
  if (isMoved)
    return (
      <Notice grade="warning" title="Another policy is in force by now, and nothing was changed.">
        <Text size="sm">
          Somebody has brought one into force since you asked: what stands below is compared with policy {replaces},
          which counts no more. Ask again, and see what it would do now.
        </Text>
        <div>
          <Button size="xs" onClick={askAgain}>
            Show what it would do now
          </Button>
        </div>
      </Notice>
    );
  return (
    <>
      <Notice grade={leavers > 0 ? 'bad' : 'info'} title={sentences[0] ?? ''}>
        {sentences.slice(1).map((sentence) => (
          <Text key={sentence}>{sentence}</Text>
        ))}
        <div>
          <ActButton {...(leavers > 0 ? { color: 'red' } : {})} onClick={() => setIsAsked(true)}>
            Bring into force
          </ActButton>
        </div>
      </Notice>
      <ConfirmDialog
        opened={isAsked}
        title="Bring this policy into force?"
        verb="Bring into force"
        names={people
          .slice(0, mostNames)
          .map(({ name, username }) => (username === null ? name : `${name} (${username})`))}
        count={people.length}
        dangerous={leavers > 0}
        busy={bring.isPending}
        error={bring.error}
        onConfirm={() => bring.mutate({ wish, replaces }, { onSuccess: ({ number }) => onDone(number) })}
        onClose={close}
      >
        {sentences.join(' ')} Every directory is read afresh, and whoever would leave by it is held until an
        administrator releases them.
      </ConfirmDialog>
    </>
  );
}
