/** Gives a file that the page has made to the browser, which asks where it is to be kept, or puts it with its downloads. */

/** How long the browser may take to begin with it, ms. */
const beginsWithinMs = 60_000;

/** @param parts of the file, one after the other @param type MIME type */
export function saveFile(name: string, { parts, type }: { parts: readonly string[]; type: string }): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), beginsWithinMs);
}

/** `connector-audit-2026-11-29.csv`: the day is that of whoever saves it. */
export function datedName(name: string, ending: string): string {
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${name}-${day.join('-')}.${ending}`;
}
