// What is asked for again before the answer has come: only the last answer counts.

export class Turns {
  #last = 0;

  /** A turn of one's own: a function that says whether it is still the last one. */
  take() {
    const mine = ++this.#last;
    return () => mine === this.#last;
  }

  /** No answer that is on its way is wanted any more. */
  drop() {
    this.#last += 1;
  }
}
