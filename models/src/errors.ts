import { CodedError } from './coded-error.ts';

/**
 * What can go wrong in this package.
 *
 * | Code | Meaning |
 * |---|---|
 * | `BAD_IMAGE` | an image description or the pixels given for it contradict themselves |
 * | `BAD_ADJUSTMENT` | strength or EV bias is outside its range |
 * | `BAD_CORRECTION` | bytes or coefficients that are no correction |
 * | `BAD_CONTRACT` | a `contract.json` that does not follow the schema |
 * | `BAD_OUTPUT` | a network's output has the wrong size or values that are not finite |
 * | `BAD_COLOR_SPACE` | a colour space that cannot be computed with (wire form, singular matrix, falling curve) |
 * | `UNSUPPORTED_PROFILE` | an ICC profile that is broken or is not a matrix/TRC RGB or a gray TRC profile |
 */
export type ModelErrorCode =
  | 'BAD_IMAGE'
  | 'BAD_ADJUSTMENT'
  | 'BAD_CORRECTION'
  | 'BAD_CONTRACT'
  | 'BAD_OUTPUT'
  | 'BAD_COLOR_SPACE'
  | 'UNSUPPORTED_PROFILE';

/** The one error class of this package: branch on `code`; `message` says what was got and what was expected. */
export class ModelError extends CodedError<ModelErrorCode> {
  override readonly name = 'ModelError';
}
