import { PageHeader } from '../../components/page-header.tsx';

export default function PreviewPage() {
  return <PageHeader title="Preview" />;
}
