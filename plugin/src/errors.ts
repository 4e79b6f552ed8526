/**
 * What can go wrong in an engine inside Photoshop. Branch on the code, never on the text.
 *
 * | Code | Meaning |
 * |---|---|
 * | `MODEL_MISSING` | the plugin has no model of this name |
 * | `MODEL_CORRUPT` | a model's file is not the one its contract names (SHA-256), or is no network that this engine can read |
 * | `FILE_MISSING` | a file of the engine itself (WebAssembly, page) cannot be read |
 * | `UNSUPPORTED` | this Photoshop lacks something the engine needs |
 * | `TIMEOUT` | it did not answer in time |
 * | `OUT_OF_MEMORY` | it could not get the memory it needs |
 * | `FAILED` | it ran and reported an error |
 * | `DISAGREES` | its answer to the model's test vector is not the stored one |
 * | `BAD_INPUT` | the proxy does not have the size the model needs |
 * | `NO_ENGINE` | none of the engines works; the message names each one's reason |
 * | `CANCELLED` | the caller's signal was aborted |
 * | `DISPOSED` | the engine has been disposed of |
 */
export type EngineErrorCode =
  | 'MODEL_MISSING'
  | 'MODEL_CORRUPT'
  | 'FILE_MISSING'
  | 'UNSUPPORTED'
  | 'TIMEOUT'
  | 'OUT_OF_MEMORY'
  | 'FAILED'
  | 'DISAGREES'
  | 'BAD_INPUT'
  | 'NO_ENGINE'
  | 'CANCELLED'
  | 'DISPOSED';

/** The one error class of the engines: branch on `code`; `message` says what was got and what was expected. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
