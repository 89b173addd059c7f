/** Pages whose code is loaded when it is needed first. */
import { type ComponentType, type ReactNode, use } from 'react';

/** Such a page. It can be loaded before it is shown. */
export class DeferredPage {
  readonly #import: () => Promise<{ readonly default: ComponentType }>;
  #loading: Promise<void> | null = null;
  #Page: ComponentType | null = null;

  constructor(importPage: () => Promise<{ readonly default: ComponentType }>) {
    this.#import = importPage;
  }

  /** `null` until it is loaded. */
  get Page(): ComponentType | null {
    return this.#Page;
  }

  /** Loads its code, once: what failed stays so until the page is loaded anew, for whoever renders it asks again and again. @throws what the import fails with */
  load(): Promise<void> {
    this.#loading ??= this.#import().then((module) => {
      this.#Page = module.default;
    });
    return this.#loading;
  }
}

/**
 * Shows one. React.lazy would do but for how it waits: whatever its boundary shows meanwhile stays for 300 ms (FALLBACK_THROTTLE_MS of
 * React's ReactFiberWorkLoop), also where the code was there after ten. What was loaded before it is shown isn't waited for at all.
 */
export function Deferred({ page }: { readonly page: DeferredPage }): ReactNode {
  if (page.Page === null) use(page.load());
  return page.Page && <page.Page />;
}
