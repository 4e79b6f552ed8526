import {
  averageImage,
  colorSpaces,
  createApplier,
  deserializeCorrection,
  type ImagePlace,
  messageOf,
  type Orientation,
  type PixelImage,
  turnToStored,
  turnPictureUpright,
} from '@evenlight/models';
import type { LocalPhoto } from './local-photo.ts';
import { contextOf, isCanvasTrue, shownPixels, shownRegion, storedPixels, uprightSize } from './picture-pixels.ts';
import { readLocalPhoto } from './read-local-photo.ts';
import type { CanvasColors, Look, WorkerAnswer, WorkerCalls, WorkerQuestion } from './worker-calls.ts';

/*
 * The worker that holds pictures' pixels: decodes them, runs the kernel over them, encodes them. The page itself stays free
 * for sliders and scrolling.
 */

interface OpenPicture {
  readonly file: Blob;
  /** Undefined if the browser can show the picture, but not write it. */
  readonly photo: LocalPhoto | undefined;
  readonly width: number;
  readonly height: number;
}

const JPEG_QUALITY = 0.95;
/** How many previews are kept. */
const MOST_PREVIEWS = 6;
/** RGB and alpha, as canvases have them. */
const CHANNELS = 4;

const pictures = new Map<string, OpenPicture>();
const previews = new Map<string, ImageData>();
/** The one picture whose full-size pixels are in memory. */
let stored: { readonly key: string; readonly image: PixelImage & { pixels: Uint8Array } } | undefined;

type Handlers = {
  [Name in keyof WorkerCalls]: (ask: WorkerCalls[Name]['ask']) => Promise<WorkerCalls[Name]['answer']>;
};

const handlers: Handlers = {
  async open({ key, file }) {
    const photo = await photoOf(file);
    if (photo !== undefined) {
      const image = await storedImage(key, photo);
      const size = uprightSize(image, photo.orientation);
      pictures.set(key, { file, photo, ...size });
      return { ...size, isLocal: isCanvasTrue() };
    }
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    pictures.set(key, { file, photo: undefined, width, height });
    return { width, height, isLocal: false };
  },
  async read({ key, input }) {
    const { file, photo, width, height } = pictureOf(key);
    const image = photo === undefined ? await shownImage(file, { width, height }) : await storedImage(key, photo);
    return turnPictureUpright(await averageImage(image, input), photo?.orientation ?? 1);
  },
  async preview({ key, look, maxSide, colors }) {
    return rendered(copyOf(await previewOf(key, maxSide, colors)), look, colors);
  },
  async detail({ key, look, region, colors }) {
    const { file, width, height } = pictureOf(key);
    const part = await shownRegion(file, region, colors);
    return rendered(part, look, colors, { left: region.x, top: region.y, whole: { width, height } });
  },
  async write({ key, look }) {
    const { photo } = pictureOf(key);
    if (photo === undefined) throw new Error('this picture is written by the bridge');
    const image = await storedImage(key, photo);
    const pixels = new Uint8Array(image.pixels);
    correct(pixels, image, look, photo.orientation);
    const canvas = new OffscreenCanvas(image.width, image.height);
    const data = new ImageData(new Uint8ClampedArray(pixels.buffer), image.width, image.height);
    contextOf(canvas, 'srgb').putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: photo.type, quality: JPEG_QUALITY });
    if (blob.type !== photo.type) throw new Error(`the browser does not write ${photo.type}`);
    return photo.rebuild(new Uint8Array(await blob.arrayBuffer()));
  },
  async close({ key }) {
    pictures.delete(key);
    if (stored?.key === key) stored = undefined;
    for (const name of [...previews.keys()]) if (name.startsWith(`${key} `)) previews.delete(name);
    return undefined;
  },
};

/** Undefined if the bridge must read the file: the browser would lose something, or the kernel does not know its profile. */
async function photoOf(file: Blob): Promise<LocalPhoto | undefined> {
  try {
    const photo = await readLocalPhoto(file);
    if (photo !== undefined) await storedPixelsOnce(photo);
    return photo;
  } catch {
    return undefined;
  }
}

let latest: { readonly photo: LocalPhoto; readonly image: PixelImage & { pixels: Uint8Array } } | undefined;

async function storedPixelsOnce(photo: LocalPhoto): Promise<PixelImage & { pixels: Uint8Array }> {
  if (latest?.photo !== photo) latest = { photo, image: await storedPixels(photo) };
  return latest.image;
}

async function storedImage(key: string, photo: LocalPhoto): Promise<PixelImage & { pixels: Uint8Array }> {
  if (stored?.key === key) return stored.image;
  stored = undefined;
  const image = await storedPixelsOnce(photo);
  latest = undefined;
  stored = { key, image };
  return image;
}

function pictureOf(key: string): OpenPicture {
  const picture = pictures.get(key);
  if (picture === undefined) throw new Error(`there is no picture ${key}`);
  return picture;
}

async function shownImage(file: Blob, size: { width: number; height: number }): Promise<PixelImage> {
  const { width, height, data } = await shownPixels(file, size, PROXY_SIDE, 'srgb');
  const pixels = new Uint8Array(data.buffer);
  return {
    width,
    height,
    channels: CHANNELS,
    format: 'uint8',
    colorSpace: colorSpaces.srgb,
    pixels,
    rowStride: width * CHANNELS,
  };
}

/** Enough pixels for every model's proxy. */
const PROXY_SIDE = 3072;

async function previewOf(key: string, maxSide: number, colors: CanvasColors): Promise<ImageData> {
  const name = `${key} ${maxSide}`;
  const known = previews.get(name);
  previews.delete(name);
  const picture = pictureOf(key);
  const preview = known ?? (await shownPixels(picture.file, picture, maxSide, colors));
  previews.set(name, preview);
  const [oldest] = previews.keys();
  if (previews.size > MOST_PREVIEWS && oldest !== undefined) previews.delete(oldest);
  return preview;
}

function copyOf({ data, width, height, colorSpace }: ImageData): ImageData {
  return new ImageData(new Uint8ClampedArray(data), width, height, { colorSpace });
}

/** Corrects pixels for display, in place. */
function rendered(
  data: ImageData,
  { correction, adjustment }: Look,
  colors: CanvasColors,
  place?: ImagePlace,
): Promise<ImageBitmap> {
  const { width, height } = data;
  const colorSpace = colors === 'srgb' ? colorSpaces.srgb : colorSpaces.displayP3;
  const pixels = new Uint8Array(data.data.buffer);
  if (correction !== undefined) {
    const description = { width, height, channels: CHANNELS, format: 'uint8', colorSpace } as const;
    const applier = createApplier(deserializeCorrection(correction), adjustment, description, place);
    applier.applyRows(pixels, pixels, { firstRow: 0, rowCount: height });
  }
  return createImageBitmap(data);
}

/** Corrects the picture as it is stored, in place. */
function correct(pixels: Uint8Array, image: PixelImage, look: Look, orientation: Orientation): void {
  if (look.correction === undefined) return;
  const correction = turnToStored(deserializeCorrection(look.correction), orientation);
  createApplier(correction, look.adjustment, image).applyRows(pixels, pixels, { firstRow: 0, rowCount: image.height });
}

/** Calls run one after the other, because their pixels are too large to be in memory twice. */
let turn: Promise<unknown> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<WorkerQuestion>) => {
  turn = turn.then(() => answer(data));
};

async function answer(question: WorkerQuestion): Promise<void> {
  const { id } = question;
  try {
    const result = await ask(question);
    const transfer = result instanceof ImageBitmap ? [result] : [];
    send({ id, answer: result }, transfer);
  } catch (error) {
    send({ id, failure: messageOf(error) }, []);
  }
}

function ask(question: WorkerQuestion): Promise<WorkerCalls[keyof WorkerCalls]['answer']> {
  switch (question.name) {
    case 'open':
      return handlers.open(question.ask);
    case 'read':
      return handlers.read(question.ask);
    case 'preview':
      return handlers.preview(question.ask);
    case 'detail':
      return handlers.detail(question.ask);
    case 'write':
      return handlers.write(question.ask);
    case 'close':
      return handlers.close(question.ask);
  }
}

function send(message: WorkerAnswer, transfer: Transferable[]): void {
  self.postMessage(message, { transfer });
}
