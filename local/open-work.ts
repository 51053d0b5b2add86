/** What has come due and is not dealt with yet. Whoever begins something that must be waited for adds it here. */
export class OpenWork {
  readonly #open = new Set<Promise<unknown>>();

  add(work: Promise<unknown>): void {
    const open = work.finally(() => this.#open.delete(open));
    this.#open.add(open);
  }

  /** Resolves once nothing is open: neither what was, nor what that began. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}
