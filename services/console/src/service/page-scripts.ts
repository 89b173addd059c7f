/** The scripts of the console's pages, as browsers get them: they use the API, and nothing else. */

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

/** Tells who is signed in, and signs out. */
export const frontScript = `const problem = document.getElementById('problem');
const answer = await fetch('/api/v1/session');
if (answer.status === 401) location.assign('/sign-in');
const { name, role, csrfToken } = await answer.json();
document.getElementById('name').textContent = name;
document.getElementById('role').textContent = role;

const people = document.getElementById('people');
people.hidden = role !== 'administrator' || csrfToken === null;
people.addEventListener('click', async () => {
  const asked = { method: 'POST', headers: { 'x-csrf-token': csrfToken } };
  const answer = await fetch('/api/v1/queues/reveal', asked).catch(() => null);
  if (answer?.ok) location.assign((await answer.json()).at);
  else problem.textContent = 'It failed: try again.';
});

for (const [id, url] of [['sign-out', '/api/v1/session'], ['everywhere', '/api/v1/sessions']])
  document.getElementById(id).addEventListener('click', async () => {
    const { ok } = await fetch(url, { method: 'DELETE', headers: { 'x-csrf-token': csrfToken } }).catch(() => ({ ok: false }));
    if (ok) location.assign('/sign-in');
    else problem.textContent = 'It failed: try again.';
  });
`;
