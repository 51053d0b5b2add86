/** Something the user can mend. It is shown as one line, without a stack, and ends with exit code 2. */
export class Problem extends Error {
  override readonly name = 'Problem';
}
