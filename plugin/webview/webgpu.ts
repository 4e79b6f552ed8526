/** Entry of the bundle `engine/page-webgpu.js`, which the page loads only where there is a graphics adapter. */
import * as ort from 'onnxruntime-web/webgpu';

Object.assign(globalThis, { evenlightWebGpu: ort });
