export { parseBridgeAddress } from './bridge-address.ts';
export type { BridgeAddress } from './bridge-address.ts';
export { BridgeClient } from './bridge-client.ts';
export type { ConnectOptions } from './client-options.ts';
export type {
  WireFixRequest,
  WireFixResult,
  JobOptions,
  OpenCleanRequest,
  OpenFix,
  OpenFixRequest,
  OpenJob,
  JobProgress,
  WirePredictRequest,
  PredictResult,
  RowPort,
  WireProxy,
} from './client-requests.ts';
export type { ReconnectDecision, ReconnectOptions } from './reconnect-policy.ts';
export { ReconnectPolicy } from './reconnect-policy.ts';
export type { Transport } from './transport.ts';
export type { OpenTransportOptions, WebSocketLike } from './web-socket-transport.ts';
export { openTransport } from './web-socket-transport.ts';
export { whenFree } from './when-free.ts';
