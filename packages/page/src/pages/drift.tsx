import { PageHeader } from '../components/page-header.tsx';

export default function DriftPage() {
  return <PageHeader title="Drift" />;
}
