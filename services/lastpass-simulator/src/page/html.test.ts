import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html } from './html.ts';

test('values are escaped in content and in attributes, HTML made by the template is not escaped again', () => {
  const evil = `<script>alert("it's" & more)</script>`;
  const escaped = '&lt;script&gt;alert(&quot;it&#39;s&quot; &amp; more)&lt;/script&gt;';
  assert.equal(
    html`<p title="${evil}">${html`<b>${evil}</b>`}</p>`.text,
    `<p title="${escaped}"><b>${escaped}</b></p>`,
  );
});

test('lists stand one after the other, numbers as they are, null is nothing', () => {
  assert.equal(html`${[1, null, ['<', html`<i>x</i>`]]}`.text, '1&lt;<i>x</i>');
});
