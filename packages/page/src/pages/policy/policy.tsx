import { PageHeader } from '../../components/page-header.tsx';

export default function PolicyPage() {
  return <PageHeader title="Policy" />;
}
