/** Something that the tests need is missing and cannot be put in place from here. The message names the command. */
export class PreparationError extends Error {
  override readonly name = 'PreparationError';
}
