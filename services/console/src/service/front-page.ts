/** The console's front page: what there is to see, until there is more. */

/** The page. */
export const frontPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>LastPass Directory Connector</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>LastPass Directory Connector</h1>
<p>The console is running. People are looked after with the <code>connector</code> command:
<code>connector status</code> tells how everything is.</p>
<ul>
<li><a href="/queues/">Queues</a>, and <a href="/api/v1/openapi.json">the API</a>, for whoever has a token</li>
<li><a href="/readyz">Is it ready</a>, and what stands in its way</li>
<li><a href="/healthz">Is it alive</a></li>
<li><a href="/metrics">Figures for Prometheus</a></li>
</ul>
</html>
`;
