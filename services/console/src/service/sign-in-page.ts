/** Where one signs in: a page that stands alone, so that it is there when the other one isn't. */

import { headersForOwn } from '@connector/shared/security-headers.ts';
import type { FastifyInstance } from 'fastify';
import { newNonce } from './nonce.ts';
import { signInScript } from './sign-in-script.ts';

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1a1b1e, #e6e7e9); --quiet: light-dark(#5c5f66, #a6a9b0);
  --ground: light-dark(#f6f7f9, #141517); --card: light-dark(#fff, #1f2023); --line: light-dark(#8b8f98, #74777f);
  --act: light-dark(#1864ab, #a5d8ff); --on-act: light-dark(#fff, #10131a); --bad: light-dark(#b02525, #ffa8a8) }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 24rem; padding: 2rem; border-radius: .75rem; background: var(--card); box-shadow: 0 1px 3px #0002, 0 8px 24px #0001 }
h1 { margin: 0 0 1.5rem; font-size: 1.25rem; line-height: 1.3 }
form { display: grid; gap: 1rem }
label { display: grid; gap: .25rem; font-weight: 600 }
input, button { font: inherit; padding: .5rem .75rem; border-radius: .375rem }
input { width: 100%; border: 1px solid var(--line); background: var(--card); color: var(--ink) }
button { border: 0; background: var(--act); color: var(--on-act); font-weight: 600; cursor: pointer }
button:disabled { opacity: .6; cursor: progress }
:focus-visible { outline: 2px solid var(--act); outline-offset: 2px }
details { margin-top: 1.5rem }
summary { cursor: pointer; color: var(--quiet); margin-bottom: 1rem }
p { margin: 1rem 0 0; color: var(--quiet); font-size: .875rem }
[role=alert] { margin: 0 0 1rem; color: var(--bad); font-weight: 600 }
[role=alert]:empty { display: none }
`;

const page = (forms: string, nonce: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<title>Sign in: LastPass Directory Connector</title>
<style nonce="${nonce}">${style}</style>
<script type="module" src="/sign-in.js"></script>
<main>
<h1>LastPass Directory Connector</h1>
<p role="alert" id="problem"></p>
${forms}
</main>
</html>
`;

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

const formsFor = ({ byPassword }: { byPassword: boolean }): string =>
  byPassword
    ? `${passwordForm}
<details id="other"><summary>Sign in with a token</summary>${tokenForm}</details>`
    : tokenForm;

/** Adds it. @param byPassword whether people of Active Directory sign in */
export function addSignInPage(surface: FastifyInstance, options: { byPassword: boolean }): void {
  const forms = formsFor(options);
  surface.get('/sign-in', (_, reply) => {
    const nonce = newNonce();
    return reply.headers(headersForOwn(nonce)).type('text/html; charset=utf-8').send(page(forms, nonce));
  });
  surface.get('/sign-in.js', (_, reply) =>
    reply.headers(headersForOwn(newNonce())).type('text/javascript; charset=utf-8').send(signInScript),
  );
}
