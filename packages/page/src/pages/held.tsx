import { PageHeader } from '../components/page-header.tsx';

export default function HeldPage() {
  return <PageHeader title="Held" />;
}
