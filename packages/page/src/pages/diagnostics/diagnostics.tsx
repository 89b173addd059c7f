import { PageHeader } from '../../components/page-header.tsx';

export default function DiagnosticsPage() {
  return <PageHeader title="Diagnostics" />;
}
