/** Diagnostics: what helps when something is wrong, and who may use the API. */
import { PageHeader } from '../../components/page-header.tsx';
import { CheckPanel } from './check-panel.tsx';
import { DebugLogPanel } from './debug-log-panel.tsx';
import classes from './diagnostics.module.css';
import { ForProgramsPanel } from './for-programs-panel.tsx';
import { QueuesPanel } from './queues-panel.tsx';
import { SupportBundlePanel } from './support-bundle-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';

export default function DiagnosticsPage() {
  return (
    <>
      <PageHeader title="Diagnostics">
        What helps when something isn’t as it should be. The overview tells whether anything is.
      </PageHeader>
      <CheckPanel />
      <div className={classes.columns}>
        <DebugLogPanel />
        <SupportBundlePanel />
        <QueuesPanel />
        <ForProgramsPanel />
      </div>
      <TokensPanel />
    </>
  );
}
