/** What a run would do, for programs. */
import type { Preview } from '@connector/sync/preview/preview.ts';
import { isoText } from '../text/when.ts';

export const previewJson = ({ setAside, ...preview }: Preview): object => ({
  ...preview,
  setAside: setAside.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) })),
});
