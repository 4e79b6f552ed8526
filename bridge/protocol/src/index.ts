export type { ByteLayout, FieldsOf } from './byte-layout.ts';
export { layoutBytes } from './byte-layout.ts';
export type { Chunk, DownloadStream, StreamName, UploadStream } from './chunk-frame.ts';
export { CHUNK_HEADER, CHUNK_HEADER_BYTES, decodeChunk, encodeChunk } from './chunk-frame.ts';
export { ChunkReceiver } from './chunk-receiver.ts';
export { ChunkSender } from './chunk-sender.ts';
export type {
  CleanMessage,
  ClientHello,
  ClientMessage,
  FixMessage,
  JobRequest,
  PredictMessage,
} from './client-messages.ts';
export { parseClientMessage } from './client-messages.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export {
  CLOSE_GOING_AWAY,
  CLOSE_INTERNAL,
  CLOSE_NORMAL,
  CLOSE_POLICY,
  closeReason,
  errorFromClose,
} from './close-codes.ts';
export { crc32 } from '#crc32';
export type { ProtocolErrorCode, ProtocolErrorDetails, VersionRange, WireErrorCode } from './errors.ts';
export { closeCodeOf, isWireErrorCode, LOCAL_ERRORS, ProtocolError, WIRE_ERRORS } from './errors.ts';
export { framedBytes, isFramed } from './framed-bytes.ts';
export { Inbox } from './inbox.ts';
export { parseJsonText, utf8Bytes } from './json-text.ts';
export {
  DEFAULT_BRIDGE_PORT,
  DEFAULT_CHUNK_BYTES,
  DEFAULT_MAX_BUFFERED_BYTES,
  DEFAULT_WINDOW_BYTES,
  MAX_CHUNK_BYTES,
  MAX_CORRECTION_BYTES,
  MAX_ERROR_TEXT_LENGTH,
  MAX_HELLO_BYTES,
  MAX_IMAGE_PIXELS,
  MAX_IMAGE_SIDE,
  MAX_JOB_ID,
  MAX_JSON_DEPTH,
  MAX_PROXY_SIDE,
  MAX_TEXT_BYTES,
  MAX_TOKEN_LENGTH,
  MAX_WINDOW_BYTES,
  MIN_CHUNK_BYTES,
  PROTOCOL_VERSIONS,
  SUBPROTOCOL,
} from './limits.ts';
export { Liveness } from './liveness.ts';
export type { ReceiveLimits, WireImageDescription } from './message-fields.ts';
export { wireRowBytes } from './message-fields.ts';
export type {
  CorrectionMessage,
  DoneMessage,
  ErrorMessage,
  ProgressMessage,
  ReadyMessage,
  ServerHello,
  ServerMessage,
  WireModel,
  WireRestoration,
  WireRuntime,
} from './server-messages.ts';
export { parseServerMessage } from './server-messages.ts';
export type { WireStrip } from './strip-assembler.ts';
export { rowsPerStrip, StripAssembler } from './strip-assembler.ts';
export { negotiateVersion } from './version.ts';
