/** Saving the whole audit trail in a file: it is read part by part, and can be given up. */
import { Progress as Bar, Button, Group, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { AuditDocument } from '../../api/documents.ts';
import { get } from '../../api/request.ts';
import { datedName, saveFile } from '../../api/save-file.ts';
import { ErrorBox } from '../../components/error-box.tsx';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted, numberText } from '../../text/count.ts';
import classes from './audit.module.css';
import { csv, jsonLines, type TrailForm } from './trail-lines.ts';
import { type Progress, wholeTrail } from './whole-trail.ts';

/** How the last one went, or is going. */
type State =
  | { readonly kind: 'none' | 'given up' }
  | { readonly kind: 'under way'; readonly progress: Progress | null }
  | { readonly kind: 'saved'; readonly name: string; readonly count: number }
  | { readonly kind: 'failed'; readonly error: Error };

function useExport() {
  const [state, setState] = useState<State>({ kind: 'none' });
  const reading = useRef<AbortController | null>(null);
  useEffect(() => () => reading.current?.abort(), []);
  const save = async (form: TrailForm) => {
    const controller = new AbortController();
    const { signal } = controller;
    reading.current = controller;
    setState({ kind: 'under way', progress: null });
    let count = 0;
    try {
      const parts = await wholeTrail({
        form,
        read: ({ offset, limit }) => get<AuditDocument>('/audit', { query: { offset, limit }, signal }),
        onProgress: (progress) => {
          count = progress.read;
          setState({ kind: 'under way', progress });
        },
      });
      const name = datedName('connector-audit', form.ending);
      saveFile(name, { parts, type: form.type });
      setState({ kind: 'saved', name, count });
    } catch (error) {
      if (signal.aborted) setState({ kind: 'given up' });
      else setState({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  return { state, save: (form: TrailForm) => void save(form), giveUp: () => reading.current?.abort() };
}

export function ExportTrail() {
  const { state, save, giveUp } = useExport();
  return (
    <Panel title="Keep it elsewhere">
      <div className={classes.parts}>
        <Text c="dimmed">
          Everything that is kept, the oldest first, as <code>connector audit export</code> prints it: a JSON document
          in each line, or rows for a spreadsheet. What is older than audit.keep in the configuration is trimmed.
        </Text>
        {state.kind === 'failed' && <ErrorBox error={state.error} title="It wasn’t saved" />}
        {state.kind === 'under way' ? (
          <UnderWay progress={state.progress} onGiveUp={giveUp} />
        ) : (
          <Group gap="xs">
            {[jsonLines, csv].map((form) => (
              <Button
                key={form.ending}
                variant="default"
                leftSection={<Icon name="download" size={16} />}
                onClick={() => save(form)}
              >
                {form.label}
              </Button>
            ))}
          </Group>
        )}
        <Text size="sm" role="status">
          {state.kind === 'saved' && `${counted(state.count, 'entry', 'entries')} are in ${state.name}.`}
          {state.kind === 'given up' && 'Given up: nothing was saved.'}
        </Text>
      </div>
    </Panel>
  );
}

function UnderWay({ progress, onGiveUp }: { progress: Progress | null; onGiveUp: () => void }) {
  const share = progress === null ? 0 : Math.floor((progress.read / Math.max(1, progress.total)) * 100);
  return (
    <div>
      <Bar value={share} size="lg" aria-label="Reading the audit trail" />
      <Group justify="space-between" mt="xs">
        <Text size="sm" c="dimmed">
          {progress === null
            ? 'beginning'
            : `${numberText(progress.read)} of ${numberText(progress.total)} entries read`}
        </Text>
        <Button size="compact-md" variant="default" onClick={onGiveUp}>
          Cancel
        </Button>
      </Group>
    </div>
  );
}
