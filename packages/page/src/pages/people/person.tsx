import { PageHeader } from '../../components/page-header.tsx';

export default function PersonPage() {
  return <PageHeader title="Person" />;
}
