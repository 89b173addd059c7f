/** What a browser may do with what a service shows: load from here only, be framed by nobody, keep nothing. */

/** What a page needs: `plain` ones nothing but text and style, `application`s scripts and data from this host. */
type Kind = 'plain' | 'application';

const policies: Readonly<Record<Kind, readonly string[]>> = {
  plain: ["default-src 'none'", "style-src 'unsafe-inline'"],
  application: [
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

/** HTTP headers of a page. */
export const headersFor = (kind: Kind): Record<string, string> => ({
  'content-security-policy': [...policies[kind], ...always].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});
