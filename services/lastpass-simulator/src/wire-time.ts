/** A moment as the Enterprise API writes it: `2022-05-11 11:02:26`, without a zone (here always UTC). */
export function wireTime(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace('T', ' ');
}
