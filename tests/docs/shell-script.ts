/** The commands of a document, as somebody types them one after the other. */

/** What stands for something of one's own: `<who>`. A shell would take it for a file to read. */
const placeholder = /<([a-z-]+)>/g;

/**
 * All that a document has people type in a shell: its blocks of `sh`, and of `console` the lines behind a `$`.
 * @returns a script with the blocks in their order, as later ones use what earlier ones have set
 */
export function scriptOf(markdown: string): string {
  const blocks = markdown.matchAll(/^( *)```(sh|console)\n([\s\S]*?)^ *```$/gm);
  return [...blocks]
    .map(([, indent = '', language, text = '']) => {
      const lines = text.split('\n').map((line) => line.slice(indent.length));
      const typed =
        language === 'sh' ? lines : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
      return typed.join('\n').replace(placeholder, '$1');
    })
    .join('\n');
}

/** What a document has people type in the command prompt of Windows, each split into its words. */
export function windowsCommands(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^( *)```bat\n([\s\S]*?)^ *```$/gm)];
  const lines = blocks.flatMap(([, , text = '']) => text.split('\n').map((line) => line.trim()));
  return lines.filter((line) => line !== '').map((line) => line.match(/"[^"]*"|\S+/g) ?? []);
}
