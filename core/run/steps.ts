/**
 * Steps of which each is to be taken whatever became of the others: one function that can not be
 * called must not keep the rest from being done.
 */
export class Steps {
  readonly #errors: unknown[] = [];

  async take(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#errors.push(error);
    }
  }

  /** Whether all of them were done. */
  get isDone(): boolean {
    return this.#errors.length === 0;
  }

  /** @throws the first error there was */
  done(): void {
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}
