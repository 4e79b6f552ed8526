// What `#crc32` is in Node (see package.json, "imports"): zlib's, 6 times as fast as crc32.ts (3.3 against 0.57 GiB/s).
export { crc32 } from 'node:zlib';
