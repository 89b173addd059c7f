import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';

/** For an address that leads nowhere. */
export default function NowherePage() {
  return (
    <>
      <PageHeader title="Nothing is here" />
      <EmptyState icon="search" title="This address leads nowhere.">
        Choose a part of the page in the navigation.
      </EmptyState>
    </>
  );
}
