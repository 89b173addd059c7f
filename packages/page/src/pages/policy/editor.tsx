/** Every key of the policy with what it means; for administrators each can be changed, and what that would do is shown first. */
import { Button, Group, Text } from '@mantine/core';
import { useId } from 'react';
import { ActButton } from '../../components/act-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { counted } from '../../text/count.ts';
import { ChoiceField } from './choice-field.tsx';
import { type Edits, problemsIn, withEdit, withoutEdit } from './edits.ts';
import { KeyRow } from './key-row.tsx';
import { KeyValue, keyText } from './key-value.tsx';
import { type FlatPolicy, type KeyInfo, type PolicyKey, sections } from './keys.ts';
import { LeaverField } from './leaver-field.tsx';
import { ListField } from './list-field.tsx';
import { NumberField } from './number-field.tsx';
import classes from './policy.module.css';

export interface EditorProps {
  readonly inForce: FlatPolicy;
  readonly edits: Edits;
  readonly onEdits: (edits: Edits) => void;
  /** It can be changed: somebody may, and one is in force. */
  readonly editable: boolean;
  readonly onConsider: () => void;
}

export function Editor({ inForce, edits, onEdits, editable, onConsider }: EditorProps) {
  const problems = problemsIn(edits);
  return (
    <>
      {sections.map(({ title, lead, keys }) => (
        <Panel key={title} title={title}>
          {lead !== undefined && (
            <Text size="sm" c="dimmed" className={classes.lead ?? ''}>
              {lead}
            </Text>
          )}
          <div className={classes.rows}>
            {keys.map((info) => (
              <Row
                key={info.key}
                info={info}
                inForce={inForce}
                edits={edits}
                onEdits={onEdits}
                editable={editable}
                problem={problems.get(info.key) ?? null}
              />
            ))}
          </div>
        </Panel>
      ))}
      {Object.keys(edits).length > 0 && (
        <EditBar edits={edits} problems={problems} onDiscard={() => onEdits({})} onConsider={onConsider} />
      )}
    </>
  );
}

type RowProps = Pick<EditorProps, 'inForce' | 'edits' | 'onEdits' | 'editable'> & {
  readonly info: KeyInfo;
  readonly problem: string | null;
};

function Row({ info, inForce, edits, onEdits, editable, problem }: RowProps) {
  const id = useId();
  const set = <Key extends PolicyKey>(key: Key, value: FlatPolicy[Key]) =>
    onEdits(withEdit(edits, { key, value, inForce }));
  return (
    <KeyRow
      info={info}
      controlId={editable && info.kind !== 'list' ? id : null}
      was={info.key in edits ? keyText(info, inForce) : null}
      onUndo={() => onEdits(withoutEdit(edits, info.key))}
      problem={problem}
    >
      {editable ? (
        <Control id={id} info={info} policy={{ ...inForce, ...edits }} set={set} />
      ) : (
        <KeyValue info={info} policy={inForce} />
      )}
    </KeyRow>
  );
}

interface ControlProps {
  readonly id: string;
  readonly info: KeyInfo;
  readonly policy: FlatPolicy;
  readonly set: <Key extends PolicyKey>(key: Key, value: FlatPolicy[Key]) => void;
}

function Control({ id, info, policy, set }: ControlProps) {
  switch (info.kind) {
    case 'choice':
      return <ChoiceField id={id} info={info} value={policy[info.key]} onChange={(value) => set(info.key, value)} />;
    case 'leaver': {
      const { key, label } = info;
      return <LeaverField id={id} label={label} value={policy[key]} onChange={(value) => set(key, value)} />;
    }
    case 'list':
      return <ListField info={info} value={policy[info.key]} onChange={(value) => set(info.key, value)} />;
    case 'number':
      return <NumberField id={id} info={info} value={policy[info.key]} onChange={(value) => set(info.key, value)} />;
  }
}

interface EditBarProps {
  readonly edits: Edits;
  readonly problems: ReadonlyMap<PolicyKey, string>;
  readonly onDiscard: () => void;
  readonly onConsider: () => void;
}

function EditBar({ edits, problems, onDiscard, onConsider }: EditBarProps) {
  return (
    <section className={classes.bar} aria-label="What is about to be changed">
      <Text size="sm" role="status">
        {counted(Object.keys(edits).length, 'key', 'keys')} changed here, and nothing yet in force.
        {problems.size > 0 && ' Mend what is marked first.'}
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={onDiscard}>
          Discard
        </Button>
        <ActButton disabled={problems.size > 0} onClick={onConsider}>
          Show what it would do
        </ActButton>
      </Group>
    </section>
  );
}
