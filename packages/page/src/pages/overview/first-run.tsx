/**
 * The first run, step by step: look at the ends, look at what it would do, confirm it. Until it is confirmed only the first few accounts are created, so
 * that a mistyped filter doesn't invite thousands.
 */
import { Anchor, Loader, Text } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useCheck } from '../../api/check.ts';
import type { PreviewedPerson, PreviewedSync, StatusDocument } from '../../api/documents.ts';
import { usePreview } from '../../api/preview.ts';
import { useSync } from '../../api/steering.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Findings } from '../../components/findings.tsx';
import { Icon } from '../../components/icon.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted, numberText } from '../../text/count.ts';
import classes from './first-run.module.css';

export function FirstRun({ status }: { status: StatusDocument }) {
  return (
    <Panel title="The first run">
      <Text c="dimmed" maw={720}>
        Before accounts are created for everybody, look at what would happen. Until you confirm it,{' '}
        {status.firstRun === null
          ? 'only the first few accounts are created'
          : `${counted(status.firstRun.limit, 'account is', 'accounts are')} created at most, and ${numberText(status.firstRun.created)} were let pass so far`}
        .
      </Text>
      <ol className={classes.steps}>
        <CheckStep />
        <PreviewStep />
        <ConfirmStep status={status} />
      </ol>
    </Panel>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly state: 'to do' | 'under way' | 'done' | 'failed';
  readonly children: ReactNode;
}

function Step({ number, title, state, children }: StepProps) {
  return (
    <li className={classes.step} data-state={state}>
      <span className={classes.mark} aria-hidden="true">
        {state === 'done' ? (
          <Icon name="check" size={16} />
        ) : state === 'failed' ? (
          <Icon name="warning" size={16} />
        ) : (
          number
        )}
      </span>
      <div className={classes.content}>
        <Text fw={600} component="h3">
          {title}{' '}
          <Text span size="sm" c="dimmed" fw={400}>
            {state}
          </Text>
        </Text>
        {children}
      </div>
    </li>
  );
}

function CheckStep() {
  const { found, isLooking, error, look } = useCheck();
  const state = isLooking ? 'under way' : found === undefined ? 'to do' : found.ok ? 'done' : 'failed';
  return (
    <Step number={1} title="Check both ends" state={state}>
      <Text c="dimmed">Redis, the domain controllers, the rights of the account that reads, and LastPass.</Text>
      {error !== null && <ErrorBox error={error} title="The check failed" />}
      {found !== undefined && <Findings findings={found.findings} />}
      <div>
        <ActButton variant={found?.ok ? 'default' : 'filled'} loading={isLooking} onClick={look}>
          {found === undefined ? 'Check' : 'Check again'}
        </ActButton>
      </div>
    </Step>
  );
}

function PreviewStep() {
  const { latest, error, isBeginning, begin } = usePreview();
  const isUnderWay = isBeginning || latest?.state === 'under way';
  const made = latest?.preview ?? null;
  const state = isUnderWay ? 'under way' : made !== null ? 'done' : latest?.state === 'failed' ? 'failed' : 'to do';
  const failure = latest?.error ? new Error(latest.error.message) : error;
  return (
    <Step number={2} title="Look at what it would do" state={state}>
      <Text c="dimmed">Both ends are read, and nothing is written to either.</Text>
      {failure !== null && !isUnderWay && <ErrorBox error={failure} title="The preview failed" />}
      {isUnderWay && (
        <Text size="sm" role="status">
          <Loader size={12} mr={8} />
          {latest?.progress ?? 'beginning'}
        </Text>
      )}
      {made !== null && !isUnderWay && <PreviewWords preview={made} madeAt={latest?.madeAt ?? null} />}
      <div>
        <ActButton variant={made === null ? 'filled' : 'default'} loading={isUnderWay} onClick={begin}>
          {made === null ? 'Make a preview' : 'Make another'}
        </ActButton>
      </div>
    </Step>
  );
}

function PreviewWords({ preview, madeAt }: { preview: PreviewedSync; madeAt: string | null }) {
  const created = useMemo(() => createdIn(preview), [preview]);
  return (
    <Text>
      {counted(created.length, 'account', 'accounts')} would be created, out of {numberText(preview.read.objects)}{' '}
      objects of Active Directory and {counted(preview.read.accounts, 'account', 'accounts')} of LastPass
      {preview.setAside.length > 0 && `; ${counted(preview.setAside.length, 'person', 'people')} can’t be synced yet`}.{' '}
      <Anchor component={Link} href="/preview">
        Look at all of it
      </Anchor>
      {madeAt !== null && (
        <Text span size="sm" c="dimmed">
          {' '}
          (made <Moment at={madeAt} />)
        </Text>
      )}
    </Text>
  );
}

/** Everybody who would get an account, be it now or once the run is confirmed. */
const createdIn = ({ sent, held }: PreviewedSync): readonly PreviewedPerson[] =>
  [...sent, ...held].filter(({ steps }) => steps.some(({ kind }) => kind === 'create'));

/** So many names tell whether it is the right people. */
const mostNames = 100;

function ConfirmStep({ status }: { status: StatusDocument }) {
  const preview = usePreview().latest?.preview ?? null;
  const sync = useSync();
  const [isAsked, setIsAsked] = useState(false);
  const people = useMemo(() => (preview === null ? [] : createdIn(preview)), [preview]);
  const waiting = status.firstRun?.waiting ?? 0;
  const count = Math.max(people.length, waiting);
  return (
    <Step number={3} title="Confirm it" state={sync.isPending ? 'under way' : sync.isSuccess ? 'done' : 'to do'}>
      <Text c="dimmed">
        {waiting > 0
          ? `${counted(waiting, 'person waits', 'people wait')} for it.`
          : 'Then everybody in scope gets an account, and LastPass invites them.'}
        {preview === null && ' Look at a preview first.'}
      </Text>
      {sync.isSuccess && <Text role="status">Confirmed: the accounts are created now.</Text>}
      <div>
        {/* Without a preview nobody knows what they confirm. */}
        <ActButton
          variant={preview === null ? 'default' : 'filled'}
          disabled={preview === null || sync.isSuccess}
          onClick={() => setIsAsked(true)}
        >
          Confirm the first run
        </ActButton>
      </div>
      <ConfirmDialog
        opened={isAsked}
        title={`Create ${counted(count, 'account', 'accounts')}?`}
        verb={`Create ${counted(count, 'account', 'accounts')}`}
        names={people.slice(0, mostNames).map(({ name, username }) => `${name} (${username})`)}
        count={count}
        busy={sync.isPending}
        error={sync.error}
        onConfirm={() => sync.mutate({ confirmFirst: true }, { onSuccess: () => setIsAsked(false) })}
        onClose={() => setIsAsked(false)}
      >
        LastPass sends each of them an invitation. From then on whoever comes into scope gets an account as the policy
        says.
      </ConfirmDialog>
    </Step>
  );
}
