import { CodedError } from '@evenlight/models';

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
export class EngineError extends CodedError<EngineErrorCode> {
  override readonly name = 'EngineError';
}

/**
 * What can go wrong between the plugin and Photoshop. Branch on the code, never on the text.
 *
 * | Code | Meaning |
 * |---|---|
 * | `DOCUMENT_CLOSED` | the document is not open (any more) |
 * | `DOCUMENT_CHANGED` | since it was read the document, its source layer or its history has changed; nothing was written |
 * | `UNSUPPORTED_DOCUMENT` | this colour mode or depth cannot be fixed, or not in this way; see `DocumentInfo.outputs` |
 * | `ARTBOARDS` | the document has artboards, which are not supported |
 * | `QUICK_MASK` | Quick Mask is on: Photoshop makes no layers meanwhile |
 * | `NO_PIXELS` | there is nothing to read: an empty layer, or one that lies off the canvas |
 * | `BUSY` | Photoshop is in another modal state (a dialog, another plugin) and stayed in it; the message names what blocks |
 * | `CANCELLED` | the caller's signal was aborted, or the user pressed Cancel or Escape in Photoshop; the document is as it was |
 * | `REFUSED` | Photoshop answered with an error; `cause` has it. The document is as it was |
 * | `NOT_APPLIED` | Photoshop made the layer but the visible picture does not show it; it was rolled back |
 * | `UNSUPPORTED_HOST` | this Photoshop lacks something that is needed; the message names it |
 * | `STORAGE_FAILED` | a setting, a secret or a file could not be read or written |
 */
export type HostErrorCode =
  | 'DOCUMENT_CLOSED'
  | 'DOCUMENT_CHANGED'
  | 'UNSUPPORTED_DOCUMENT'
  | 'ARTBOARDS'
  | 'QUICK_MASK'
  | 'NO_PIXELS'
  | 'BUSY'
  | 'CANCELLED'
  | 'REFUSED'
  | 'NOT_APPLIED'
  | 'UNSUPPORTED_HOST'
  | 'STORAGE_FAILED';

/** The one error class of the host: branch on `code`; `message` says what was got and what was expected. */
export class HostError extends CodedError<HostErrorCode> {
  override readonly name = 'HostError';
}
