/**
 * The user names of all accounts and invitations, and of those who come later. Reading a long list takes many calls; whoever comes is found
 * at its end. So a list that is known is gone on with from its last page, and reading it again costs what is new.
 *
 * That LastPass lists by age, newest last, is on no public record, though pages that were recorded are by ascending id. So it isn't
 * believed but checked, each time: the last page has all accounts that it had, none of the others behind it was on a page before, and with
 * those before it they add up to `total`. An account that goes from a page before, or comes to one, moves another across the border of the last page,
 * whatever the order is. What can't be seen so is as many that go as come on the pages before, which takes another order than by age; and
 * an account there whose name is another by now.
 */
import { type Caller, type LastPage, type Listing, listOnce, listWhole } from './list-accounts.ts';

const keep = (account: { readonly username: string }): string => account.username;

export class NameList {
  readonly #caller: Caller;
  readonly #signal: AbortSignal;
  readonly #names = new Set<string>();
  #invitations: ReadonlySet<string> = new Set();
  #lastPage: LastPage = { pageIndex: 0, ids: [] };

  private constructor(caller: Caller, signal: AbortSignal) {
    this.#caller = caller;
    this.#signal = signal;
  }

  /**
   * Reads the whole list.
   * @throws AccountsIncomplete as `listWhole`
   */
  static async read(caller: Caller, signal: AbortSignal): Promise<NameList> {
    const list = new NameList(caller, signal);
    list.#add(await listWhole(caller, signal, { keep }));
    return list;
  }

  /** Whether an account or an invitation has this name; also where one had it when it was read. */
  has(username: string): boolean {
    return this.#names.has(username) || this.#invitations.has(username);
  }

  /** How many names of accounts are known. */
  get size(): number {
    return this.#names.size;
  }

  /**
   * Reads whoever has come since.
   * @returns whether they follow on what is known. Where they don't, this isn't the whole list any more, and nor will it be: read another one.
   * The names that were read are added all the same, for one too many does no harm
   */
  async readOn(): Promise<boolean> {
    const known = this.#lastPage;
    const end = await listOnce(this.#caller, this.#signal, { keep, firstPage: known.pageIndex });
    const follows = end.problem === null && this.#isFollowedBy(end);
    this.#add(end);
    if (!follows) this.#lastPage = known;
    return follows;
  }

  #isFollowedBy({ accounts }: Listing<string>): boolean {
    const { ids } = this.#lastPage;
    const known = new Set(ids);
    const newcomers = [...accounts].filter(([id]) => !known.has(id));
    return ids.every((id) => accounts.has(id)) && newcomers.every(([, username]) => !this.#names.has(username));
  }

  #add({ names, invitations, lastPage }: Listing<string>): void {
    for (const username of names) this.#names.add(username);
    this.#invitations = invitations;
    this.#lastPage = lastPage;
  }
}
