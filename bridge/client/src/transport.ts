/**
 * An open connection that carries whole WebSocket messages. The client sets `onFrame` and `onClose` once, before it sends
 * anything; a transport that has been closed before calls `onClose` as soon as it is set.
 */
export interface Transport {
  /** Bytes handed to {@link send} that have not left this computer yet. */
  readonly bufferedAmountBytes: number;
  /**
   * Sends one text or binary frame. Must not throw: a connection that is gone says so through `onClose`.
   *
   * @param written called when the frame has left and its memory may be written to again, if that can be known
   */
  send(frame: string | Uint8Array<ArrayBuffer>, written?: () => void): void;
  /** @param code 1000 or 3000 to 4999 @param reason ASCII, at most 123 characters */
  close(code: number, reason: string): void;
  onFrame: (frame: string | Uint8Array) => void;
  /** Called once. Code 1006: no close frame was seen. */
  onClose: (code: number, reason: string) => void;
}
