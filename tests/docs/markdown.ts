/** What the tests of the documents read in them, and in test files. */

/** A link to a file of the repository, relative to the document. */
export interface RepositoryLink {
  readonly path: string;
  /** The heading that it leads to. */
  readonly heading: string | null;
}

/** The links of a document that don't leave the repository. */
export function repositoryLinks(text: string): RepositoryLink[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, path = '', heading]) => ({
    path,
    heading: heading ?? null,
  }));
}

/** The names by which links lead to a document's headings: as GitHub makes them of headings in plain letters. */
export function headingsOf(text: string): Set<string> {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
  return new Set([...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading)));
}

/** What stands below a heading of the second level, up to the next one. @throws Error when there is none, or nothing below it */
export function sectionOf(text: string, heading: string): string {
  const [, ...sections] = text.split(/^## /m);
  const section = sections.find((each) => each.startsWith(`${heading}\n`))?.slice(heading.length);
  if (!section?.trim()) throw new Error(`no section "${heading}"`);
  return section;
}

/**
 * The titles of tests and suites in the text of a test file. What a title takes from elsewhere is an ellipsis:
 * `(SEED=${seed})` is "(SEED=…)".
 */
export function titlesIn(source: string): Set<string> {
  const titles = source.matchAll(
    /\b(?:test|it|describe|suite)\(\s*(?:'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`([^`]+)`)/g,
  );
  return new Set(
    [...titles].map(([, single, double, template]) =>
      (single ?? double ?? template ?? '').replace(/\$\{[^}]*\}/g, '…').replace(/\\(.)/g, '$1'),
    ),
  );
}
