/** One line of a result: a name first, then numbers. Every benchmark picks its own columns. */
export type Figures = Record<string, string | number>;

/** One question, asked of all its candidates in one run, so that their ratios mean something. */
export interface Benchmark {
  /** For the command line and the JSON. */
  name: string;
  title: string;
  measure(): Promise<Figures[]>;
}
