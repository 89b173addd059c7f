/** Preview: what a full sync would do, person by person, before anything is done. */
import { Skeleton } from '@mantine/core';
import { usePreview } from '../../api/preview.ts';
import { ApiError } from '../../api/request.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Exports } from './exports.tsx';
import { MadePreview } from './made-preview.tsx';
import { UnderWay } from './under-way.tsx';

export default function PreviewPage() {
  const { latest, error, isBeginning, begin, isGivingUp, giveUp } = usePreview();
  const isUnderWay = isBeginning || latest?.state === 'under way';
  const made = isUnderWay ? null : (latest?.preview ?? null);
  const failure = latest?.state === 'failed' && latest.error ? new ApiError(200, latest.error) : error;
  return (
    <>
      <PageHeader
        title="Preview"
        actions={
          made === null ? undefined : (
            <>
              <Exports preview={made} madeAt={latest?.madeAt ?? null} />
              <ActButton onClick={begin}>Make another</ActButton>
            </>
          )
        }
      >
        What a full sync would do now, person by person. Both ends are read for it, and nothing is written to either.
      </PageHeader>
      {failure !== null && !isUnderWay && <ErrorBox error={failure} title="The preview failed" />}
      {latest === undefined && error === null && <Skeleton height={220} radius="md" animate={false} />}
      {isUnderWay && <UnderWay latest={latest} isGivingUp={isGivingUp} onGiveUp={giveUp} />}
      {made !== null && <MadePreview preview={made} by={latest?.by ?? null} madeAt={latest?.madeAt ?? null} />}
      {latest !== undefined && !isUnderWay && made === null && (
        <EmptyState icon="preview" title="There is no preview.">
          <p>
            It reads both ends as a full sync would, which takes up to some minutes. What it shows is kept for a quarter
            of an hour.
          </p>
          <ActButton onClick={begin}>Make a preview</ActButton>
        </EmptyState>
      )}
    </>
  );
}
