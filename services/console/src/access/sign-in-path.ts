/** Where one signs in. @param to the path to go on to */
export const signInPath = (to: string): string => (to === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`);
