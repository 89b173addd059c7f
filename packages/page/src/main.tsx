/** Where the page begins: what its first content needs is fetched side by side, before anything is shown. */
import { createRoot } from 'react-dom/client';
import { sessionQuery, statusQuery } from './api/queries.ts';
import { queryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { pageAt } from './routes.ts';

void queryClient.prefetchQuery(sessionQuery);
void queryClient.prefetchQuery(statusQuery);
await pageAt(location.pathname)
  .load()
  .catch(() => undefined); // told where it is shown

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
