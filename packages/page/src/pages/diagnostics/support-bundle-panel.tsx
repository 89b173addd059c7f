/** One file for whoever helps when something is wrong, to be read before it is sent. */
import { Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { SupportBundle } from '../../api/documents.ts';
import { get } from '../../api/request.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { datedName, saveFile } from '../../components/save-file.ts';
import { asSentence } from '../../text/sentence.ts';
import { bundleContents } from './bundle-contents.ts';
import classes from './diagnostics.module.css';

/** Makes one, and gives it to the browser. @returns it, and the file's name and text */
async function saveBundle() {
  const bundle = await get<SupportBundle>('/support-bundle');
  const text = `${JSON.stringify(bundle, null, 2)}\n`;
  const name = datedName('connector-support', 'json');
  saveFile(name, { parts: [text], type: 'application/json' });
  return { bundle, name, text };
}

export function SupportBundlePanel() {
  const { data, error, isPending, mutate } = useMutation({ mutationFn: saveBundle });
  return (
    <Panel title="Support bundle">
      <div className={classes.parts}>
        <Text c="dimmed">
          One file for whoever helps: versions, the configuration, the status, what a check finds, the queues, what
          Redis holds, and the newest warnings and errors of all logs. No password, token or provhash is in it, and
          nobody’s name or mail address: people are objectGUIDs. Names of servers, OUs and groups are in it.
        </Text>
        <Text c="dimmed">It is one text: read it before you send it. The audit trail tells who has made one.</Text>
        {error !== null && !isPending && <ErrorBox error={error} title="It wasn’t made" />}
        {data !== undefined && !isPending && (
          <Notice grade={data.bundle.missing.length > 0 ? 'warning' : 'good'} title={`It is saved as ${data.name}.`}>
            <Text size="sm">{bundleContents(data.bundle, data.text)}</Text>
            {data.bundle.missing.map(({ part, why }) => (
              <Text size="sm" key={part}>
                Missing is {part}: {asSentence(why)}
              </Text>
            ))}
          </Notice>
        )}
        <div>
          <ActButton
            variant="default"
            loading={isPending}
            leftSection={<Icon name="download" size={16} />}
            onClick={() => mutate()}
          >
            Make one
          </ActButton>
        </div>
      </div>
    </Panel>
  );
}
