/** HTML in which nothing can be forgotten to be escaped: every value is, unless it is HTML made here itself. */

/** A piece of HTML that is safe as it stands. Only `html` and `fromTemplate` make it. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** For text that this program itself consists of. */
  static fromTemplate(text: string): Html {
    return new Html(text);
  }
}

/** What may stand in a template: nothing for null, one after the other for a list. */
export type HtmlValue = string | number | null | Html | readonly HtmlValue[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** The template with every value escaped, for an element's content or a quoted attribute. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  const rest = values.map((value, at) => textOf(value) + (strings[at + 1] ?? ''));
  return Html.fromTemplate((strings[0] ?? '') + rest.join(''));
}

function textOf(value: HtmlValue): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
