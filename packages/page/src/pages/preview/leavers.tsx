/** Who would lose their access: told before anything else, and so that nobody overlooks it. */
import { Button, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Icon } from '../../components/icon.tsx';
import { counted, numberText } from '../../text/count.ts';
import { isLeaverKind, kindsText } from '../../text/step-kinds.ts';
import classes from './leavers.module.css';
import type { PreviewedRow } from './previewed-rows.ts';

export function Leavers({ leavers, onShow }: { leavers: readonly PreviewedRow[]; onShow: () => void }) {
  const kinds = useMemo(
    () => kindsText(leavers.map((row) => ({ steps: row.steps.filter(({ kind }) => isLeaverKind(kind)) }))),
    [leavers],
  );
  if (leavers.length === 0)
    return (
      <Text className={classes.none ?? ''}>
        <Icon name="good" /> Nobody would lose their access.
      </Text>
    );
  const held = leavers.filter(({ outcome }) => outcome !== 'sent').length;
  return (
    <section className={classes.some} aria-label="Who would lose their access">
      <Icon name="warning" size={24} />
      <div className={classes.words}>
        <Text fw={700} size="lg">
          {counted(leavers.length, 'person', 'people')} would lose their access
        </Text>
        <Text>
          {kinds}. {numberText(leavers.length - held)} at once, without your word; {numberText(held)} would be held
          first.
        </Text>
      </div>
      <Button color="var(--page-bad)" variant="outline" onClick={onShow}>
        Show only them
      </Button>
    </section>
  );
}
