/**
 * Our modules as JavaScript, for a Node that strips no types below `node_modules`, and needn't at every start.
 *
 * Node's own way of stripping them leaves blanks where the types were. So each line stays where it was, and a stack of a packed
 * service names the lines of the sources, without source maps. File by file, and no bundle: what is loaded by its path (the page, the thread
 * of a preview, the files of Bull Board, package.json) lies where the code looks for it, and an SBOM tells what is really there.
 */
import { stripTypeScriptTypes } from 'node:module';

/** A module of ours as it is named by another: relative, or by the sub-path of a package. */
const ours = /(['"])((?:\.{1,2}|@connector\/[a-z-]+)\/[^'"\s]+)\.ts\1/g;

/** One module, which imports others as they are called once they are compiled. @throws SyntaxError for what has no plain counterpart */
export function compile(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(ours, '$1$2.js$1');
}

/** What a compiled module is called. */
export const compiledName = (path: string): string => path.replace(/\.ts$/, '.js');
