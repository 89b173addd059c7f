/** The script of the page where one signs in, as browsers get it: it uses the API, and nothing else. */

/** Sends what was typed, and goes where one wanted to go; only on this host. */
export const signInScript = `const problem = document.getElementById('problem');
const asked = new URL(new URLSearchParams(location.search).get('to') ?? '/', location.origin);
const to = asked.origin === location.origin ? asked : new URL('/', location.origin);
const headers = { 'content-type': 'application/json' };

async function signIn(form) {
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const answer = await fetch('/api/v1/session', { method: 'POST', headers, body });
  if (!answer.ok) return (await answer.json()).error.message;
  const { ok } = await fetch('/api/v1/session');
  if (!ok) return 'this browser doesn’t keep the session’s cookie: open the console with https://, or on its own machine as http://localhost';
  location.assign(to);
  return '';
}

for (const form of document.forms)
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    problem.textContent = '';
    const said = await signIn(form).catch(() => 'the console doesn’t answer: try again');
    problem.textContent = said && said[0].toUpperCase() + said.slice(1) + '.';
    button.disabled = false;
  });
`;
