/** The console's pages until there is more: where one signs in, and what there is to see then. */

import { headersFor } from '@connector/shared/security-headers.ts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Door } from '../access/door.ts';
import { signInPath } from '../access/sign-in-path.ts';
import { frontScript, signInScript } from './page-scripts.ts';

const page = (title: string, script: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
form { display: grid; gap: .75rem; max-width: 22rem; margin-block: 1.5rem }
label { display: grid; gap: .25rem }
input, button { font: inherit; padding: .5rem }
[role=alert] { font-weight: 600; min-height: 1.5em }
</style>
<script type="module" src="${script}"></script>
<h1>LastPass Directory Connector</h1>
${body}
</html>
`;

const frontPage = page(
  'LastPass Directory Connector',
  '/front.js',
  `<p>You are signed in as <b id="name">…</b>, <span id="role"></span>.</p>
<p><button id="sign-out">Sign out</button> <button id="everywhere">Sign out everywhere</button></p>
<p role="alert" id="problem"></p>
<p>The console is running. People are looked after with the <code>connector</code> command:
<code>connector status</code> tells how everything is.</p>
<ul>
<li><a href="/queues/">Queues</a> <button id="people" hidden>Show people in them</button></li>
<li><a href="/api/v1/openapi.json">The API</a></li>
<li><a href="/readyz">Is it ready</a>, and what stands in its way</li>
<li><a href="/healthz">Is it alive</a></li>
<li><a href="/metrics">Figures for Prometheus</a></li>
</ul>`,
);

const passwordForm = `<form id="by-password" method="post">
<label>Name, as in Active Directory <input name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>`;
const tokenForm = `<form id="by-token" method="post">
<label>Token <input name="token" type="password" autocomplete="off" required></label>
<button>Sign in with a token</button>
</form>
<p>A token is made with <code>connector create-token</code>; that of <code>console.token</code> works when nothing else does.</p>`;

const signInPage = (byPassword: boolean): string =>
  page(
    'Sign in: LastPass Directory Connector',
    '/sign-in.js',
    `<p role="alert" id="problem"></p>
${byPassword ? passwordForm : ''}
${byPassword ? `<details id="other"><summary>Sign in with a token</summary>${tokenForm}</details>` : tokenForm}`,
  );

/** Adds them. @param byPassword whether people of Active Directory sign in */
export function addFrontPage(
  surface: FastifyInstance,
  { door, byPassword }: { door: Door; byPassword: boolean },
): void {
  const send = (reply: FastifyReply, type: string, text: string) =>
    reply.headers(headersFor('application')).type(`${type}; charset=utf-8`).send(text);
  const signInText = signInPage(byPassword);
  surface.get('/', async (request, reply) => {
    const { kind } = await door.admit(request).catch(() => ({ kind: 'unknown' as const }));
    return kind === 'welcome' ? send(reply, 'text/html', frontPage) : reply.redirect(signInPath('/'));
  });
  surface.get('/sign-in', (_, reply) => send(reply, 'text/html', signInText));
  surface.get('/sign-in.js', (_, reply) => send(reply, 'text/javascript', signInScript));
  surface.get('/front.js', (_, reply) => send(reply, 'text/javascript', frontScript));
}
