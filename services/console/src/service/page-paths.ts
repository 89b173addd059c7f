/** Where the page that administrators keep open is to be found: it knows itself what belongs to which of these. */
export const pagePaths = [
  '/',
  '/preview',
  '/pending',
  '/held',
  '/people',
  '/people/*',
  '/aside',
  '/drift',
  '/undo',
  '/audit',
  '/policy',
  '/diagnostics',
] as const;
