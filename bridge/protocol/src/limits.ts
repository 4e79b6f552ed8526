import type { VersionRange } from './errors.ts';

/** The WebSocket sub-protocol: names the handshake and the framing, which never change under this name. */
export const SUBPROTOCOL = 'evenlight.v1';

/** Versions of the messages this package speaks. */
export const PROTOCOL_VERSIONS: VersionRange = { min: 1, max: 1 };

/** Where the bridge listens unless told otherwise (below every system's range of ephemeral ports). */
export const DEFAULT_BRIDGE_PORT = 8497;

const KIB = 1024;
const MIB = 1024 * KIB;

/** The largest payload of a binary frame, and the largest `maxChunkBytes` that a peer may state. */
export const MAX_CHUNK_BYTES = MIB;
/** The smallest `maxChunkBytes` a peer may state. */
export const MIN_CHUNK_BYTES = KIB;
/** The largest `windowBytes` a peer may state. */
export const MAX_WINDOW_BYTES = 16 * MIB;
/** The most unacknowledged bytes of one stream, unless the receiver states another window. */
export const DEFAULT_WINDOW_BYTES = 4 * MIB;
/** Chunks are cut to this size unless the caller asks for another or the receiver takes less. */
export const DEFAULT_CHUNK_BYTES = 256 * KIB;

/** The most UTF-8 bytes of a text frame: a job whose colour space has three long tables fits. */
export const MAX_TEXT_BYTES = 512 * KIB;
/** The most UTF-8 bytes of a client's hello: nobody has shown a token yet. */
export const MAX_HELLO_BYTES = 16 * KIB;
/** The deepest nesting of arrays and objects in a text frame. */
export const MAX_JSON_DEPTH = 16;

/** Characters. */
export const MAX_TOKEN_LENGTH = 256;
export const MAX_NAME_LENGTH = 64;
export const MAX_ERROR_TEXT_LENGTH = 1000;

/** u32 on the wire; 0 is not a job. */
export const MAX_JOB_ID = 0xffff_ffff;

/** The longest side in pixels: Photoshop's own limit for a large document (.psb). */
export const MAX_IMAGE_SIDE = 300_000;
/** The most pixels of an image, unless a bridge allows fewer. Images are streamed, so this bounds time, not memory. */
export const MAX_IMAGE_PIXELS = 1_000_000_000;
/** Pixels per side of a proxy at most. */
export const MAX_PROXY_SIDE = 1024;
/** The most bytes of a serialised correction (64 × 64 × 16 cells are 1.5 MiB). */
export const MAX_CORRECTION_BYTES = 4 * MIB;

/** The client's limit on what waits in its own socket before it sends on: some hosts close a socket whose buffer fills. */
export const DEFAULT_MAX_BUFFERED_BYTES = MIB;
