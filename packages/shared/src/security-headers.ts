/** What a browser may do with what a service shows: load from here only, be framed by nobody, keep nothing. */

/** What a page needs: `plain` ones nothing but text and style, `foreign` ones, which others have made, scripts, data, and style wherever it stands. */
type Kind = 'plain' | 'foreign';

const policies: Readonly<Record<Kind, readonly string[]>> = {
  plain: ["default-src 'none'", "style-src 'unsafe-inline'"],
  foreign: [
    "default-src 'none'",
    "script-src 'self'",
    // bull-board's page has a style sheet and style attributes in its text, and its library of menus adds more.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
  ],
};
const always = ["base-uri 'self'", "form-action 'none'", "frame-ancestors 'none'"];

const headersWith = (policy: readonly string[]): Record<string, string> => ({
  'content-security-policy': [...policy, ...always].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});

/** HTTP headers of a page. */
export const headersFor = (kind: Kind): Record<string, string> => headersWith(policies[kind]);

/**
 * HTTP headers of a page of our own, which has scripts and data from this host, and no style in its text but what carries the nonce.
 * @param nonce new for each answer, and not to be guessed: base64
 */
export const headersForOwn = (nonce: string): Record<string, string> =>
  headersWith([
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
  ]);
