/** Counts, as people read them. */
import type { StatusDocument } from '../api/documents.ts';

const grouped = new Intl.NumberFormat('en');

/** `100,000` */
export const numberText = (count: number): string => grouped.format(count);

/** `1 person`, `4,711 people`. */
export const counted = (count: number, one: string, many: string): string =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** How many are set aside, for whatever reason. */
export const countAside = ({ setAside: { data, refused, noSeat } }: StatusDocument['people']): number =>
  data + refused + noSeat;
