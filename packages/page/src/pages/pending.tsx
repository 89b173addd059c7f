import { PageHeader } from '../components/page-header.tsx';

export default function PendingPage() {
  return <PageHeader title="Pending" />;
}
