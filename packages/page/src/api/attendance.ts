/**
 * Whether somebody is at the page. It asks for what it shows every second, whoever looks: that must not keep a session open on a screen that was left.
 */

/** Whoever has done nothing for so long may have left, ms. The console notes uses to the minute. */
const attendedForMs = 60_000;

/** What people do at a page, also those who speak to it, or have it read to them. What only moves the pointer may be the page itself. */
const deeds = ['pointerdown', 'wheel', 'keydown', 'input', 'click'] as const;

/** When somebody last did something, ms since 1970; who opens the page does. */
let didAtMs = Date.now();

/** Notes that somebody does something. */
export function noteDeed(): void {
  didAtMs = Date.now();
}

/** Whether somebody has done something within the last minute. */
export const isAttended = (): boolean => Date.now() - didAtMs < attendedForMs;

/** Notes what is done for as long as the page is open. @returns ends it */
export function followDeeds(): () => void {
  const options = { capture: true, passive: true };
  for (const deed of deeds) addEventListener(deed, noteDeed, options);
  return () => {
    for (const deed of deeds) removeEventListener(deed, noteDeed, options);
  };
}
