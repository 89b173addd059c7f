import { PageHeader } from '../components/page-header.tsx';

export default function AsidePage() {
  return <PageHeader title="Set aside" />;
}
