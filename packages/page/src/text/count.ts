/** Counts, as people read them. */
const grouped = new Intl.NumberFormat('en');

/** `100,000` */
export const numberText = (count: number): string => grouped.format(count);

/** `1 person`, `4,711 people`. */
export const counted = (count: number, one: string, many: string): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;
