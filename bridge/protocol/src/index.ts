export { parseBridgeAddress } from './bridge-address.ts';
export type { BridgeAddress } from './bridge-address.ts';
export { BridgeClient } from './bridge-client.ts';
export type { ByteLayout, FieldsOf } from './byte-layout.ts';
export { layoutBytes } from './byte-layout.ts';
export type { CancelSignal } from './cancel-signal.ts';
export type { Chunk, StreamName } from './chunk-frame.ts';
export { CHUNK_HEADER, CHUNK_HEADER_BYTES, decodeChunk, encodeChunk } from './chunk-frame.ts';
export { ChunkReceiver } from './chunk-receiver.ts';
export { ChunkSender } from './chunk-sender.ts';
export type { ClientHello, ClientMessage, FixMessage, PredictMessage } from './client-messages.ts';
export { parseClientMessage } from './client-messages.ts';
export type { ConnectOptions } from './client-options.ts';
export type {
  FixRequest,
  FixResult,
  JobOptions,
  JobProgress,
  PredictRequest,
  PredictResult,
  WireProxy,
} from './client-requests.ts';
export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export { CLOSE_GOING_AWAY, CLOSE_INTERNAL, closeReason, errorFromClose } from './close-codes.ts';
export type { Crc32 } from './crc32.ts';
export { crc32 } from './crc32.ts';
export type { ProtocolErrorCode, ProtocolErrorDetails, VersionRange, WireErrorCode } from './errors.ts';
export { closeCodeOf, isWireErrorCode, LOCAL_ERRORS, ProtocolError, WIRE_ERRORS } from './errors.ts';
export { Inbox } from './inbox.ts';
export { parseJsonText, utf8Bytes } from './json-text.ts';
export {
  DEFAULT_BRIDGE_PORT,
  DEFAULT_WINDOW_BYTES,
  MAX_CHUNK_BYTES,
  MAX_ERROR_TEXT_LENGTH,
  MAX_HELLO_BYTES,
  MAX_IMAGE_PIXELS,
  MAX_IMAGE_SIDE,
  MAX_JOB_ID,
  MAX_JSON_DEPTH,
  MAX_PROXY_SIDE,
  MAX_TEXT_BYTES,
  MAX_TOKEN_LENGTH,
  PROTOCOL_VERSIONS,
  SUBPROTOCOL,
} from './limits.ts';
export { Liveness } from './liveness.ts';
export type { ReceiveLimits, WireImageDescription } from './message-fields.ts';
export { wireRowBytes } from './message-fields.ts';
export type { ReconnectDecision, ReconnectOptions } from './reconnect-policy.ts';
export { ReconnectPolicy } from './reconnect-policy.ts';
export type {
  CorrectionMessage,
  DoneMessage,
  ErrorMessage,
  ProgressMessage,
  ServerHello,
  ServerMessage,
  WireModel,
  WireRuntime,
} from './server-messages.ts';
export { parseServerMessage } from './server-messages.ts';
export type { Strip } from './strip-assembler.ts';
export { rowsPerStrip, StripAssembler } from './strip-assembler.ts';
export type { Transport } from './transport.ts';
export { negotiateVersion } from './version.ts';
export type { OpenTransportOptions, WebSocketLike } from './web-socket-transport.ts';
export { openTransport } from './web-socket-transport.ts';
