import { PageHeader } from '../components/page-header.tsx';

export default function UndoPage() {
  return <PageHeader title="Undo" />;
}
