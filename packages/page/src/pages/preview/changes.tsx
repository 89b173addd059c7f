/** Somebody's changes, each as what is and what would be, and why. */
import { Badge, Text, VisuallyHidden } from '@mantine/core';
import { Icon } from '../../components/icon.tsx';
import { type Change, changeOf } from './change.ts';
import classes from './changes.module.css';
import { isLeaverKind, type PreviewedRow } from './previewed-rows.ts';

export function Changes({ row }: { row: PreviewedRow }) {
  const { steps, username, account, name, renamedTo } = row;
  if (renamedTo !== null)
    return <ChangeText change={{ what: 'Name', from: name, to: renamedTo, joined: [], left: [] }} takes={false} />;
  if (steps.length === 0) return <Text c="dimmed">nothing</Text>;
  return (
    <ul className={classes.changes}>
      {steps.map((step) => (
        <li key={step.kind}>
          <ChangeText change={changeOf(step, { username: username ?? '', account })} takes={isLeaverKind(step.kind)} />
          <Text size="sm" c="dimmed">
            {step.because}
          </Text>
        </li>
      ))}
    </ul>
  );
}

function ChangeText({ change: { what, from, to, joined, left }, takes }: { change: Change; takes: boolean }) {
  return (
    <span className={classes.change} data-takes={takes || undefined}>
      <span className={classes.what}>{what}</span>
      {to !== null && (
        <>
          {from !== null && <span className={classes.from}>{from}</span>}
          <span className={classes.arrow}>
            <Icon name="arrow" size={14} />
            <VisuallyHidden>becomes</VisuallyHidden>
          </span>
          <span className={classes.to}>{to}</span>
        </>
      )}
      {joined.map((group) => (
        <span key={`joins ${group}`} className={classes.joined}>
          <span aria-hidden="true">+</span>
          <VisuallyHidden>joins</VisuallyHidden> {group}
        </span>
      ))}
      {left.map((group) => (
        <span key={`leaves ${group}`} className={classes.left}>
          <span aria-hidden="true">−</span>
          <VisuallyHidden>leaves</VisuallyHidden> {group}
        </span>
      ))}
      {takes && (
        <Badge size="sm" radius="sm" color="red" variant="filled" className={classes.badge ?? ''}>
          loses access
        </Badge>
      )}
    </span>
  );
}
