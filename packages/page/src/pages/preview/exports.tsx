/** Saving a preview, for spreadsheets and for programs. The files are made here, from what the page has. */
import { Button } from '@mantine/core';
import type { PreviewedSync } from '../../api/documents.ts';
import { Icon } from '../../components/icon.tsx';
import { download } from './download.ts';
import { previewCsv } from './preview-csv.ts';

/** @param madeAt ISO 8601; names the files */
export function Exports({ preview, madeAt }: { preview: PreviewedSync; madeAt: string | null }) {
  const name = `connector-preview-${(madeAt ?? new Date().toISOString()).slice(0, 16).replaceAll(':', '')}`;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="download" size={16} />}
        onClick={() => download(previewCsv(preview), { name: `${name}.csv`, type: 'text/csv;charset=utf-8' })}
      >
        Save as CSV
      </Button>
      <Button
        variant="default"
        leftSection={<Icon name="download" size={16} />}
        onClick={() =>
          download(`${JSON.stringify(preview, null, 2)}\n`, { name: `${name}.json`, type: 'application/json' })
        }
      >
        Save as JSON
      </Button>
    </>
  );
}
