/** Keeps a part that fails from taking the whole page with it. */
import { Component, type ReactNode } from 'react';
import { ErrorBox } from '../components/error-box.tsx';

interface Failure {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, Failure> {
  override state: Failure = { error: null };

  static getDerivedStateFromError(error: Error): Failure {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <ErrorBox error={error} title="This part of the page can’t be shown" onRetry={() => location.reload()} />;
  }
}
