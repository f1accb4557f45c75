/** TokenCounts: how often tokens occur in documents, from which a vocabulary is made. */

export class TokenCounts<Token extends string | number> {
  readonly #counts = new Map<Token, number>();
  readonly #documents = new Map<Token, number>();
  #total = 0;

  /** Counts the tokens of one document. */
  add(document: Iterable<Token>): void {
    this.#total++;
    const seen = new Set<Token>();
    for (const token of document) {
      this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
      if (seen.has(token)) continue;
      seen.add(token);
      this.#documents.set(token, (this.#documents.get(token) ?? 0) + 1);
    }
  }

  get documents(): number {
    return this.#total;
  }

  /**
   * The tokens, the most frequent first; of equally frequent ones the last in their order first, as in Keras.
   *
   * @param excluded Tokens to leave out.
   */
  ranked(compare: (a: Token, b: Token) => number, excluded: readonly (Token | undefined)[]): Token[] {
    return [...this.#counts]
      .filter(([token]) => !excluded.includes(token))
      .sort(([a, timesA], [b, timesB]) => timesB - timesA || compare(b, a))
      .map(([token]) => token);
  }

  /** The weight of a token by how few documents hold it: log(1 + documents / (1 + documents with the token)). */
  inverseDocumentFrequency(token: Token): number {
    return Math.log(1 + this.#total / (1 + (this.#documents.get(token) ?? 0)));
  }
}
