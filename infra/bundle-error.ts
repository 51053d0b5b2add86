/** Code that can not be bundled: the file, the place and what is wrong with it. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
