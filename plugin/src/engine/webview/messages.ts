import * as z from 'zod/mini';

/**
 * What the panel and the page in the webview say to each other. Photoshop carries messages as JSON, so bytes go as base64.
 *
 * The page opens with `ready`. Every message of the panel's has an id, and is answered by one message with the same id: its
 * result, or `error`. In between the page may ask for files that it cannot fetch itself (`need-file`); they come in parts.
 */
export type PanelMessage =
  /** Load onnxruntime-web. Answer: `opened`. */
  | { readonly type: 'open'; readonly id: number }
  /** A part of a file: of an answer to `need-file`, or of a model. No answer. */
  | {
      readonly type: 'file';
      readonly name: string;
      readonly part: number;
      readonly parts: number;
      readonly base64: string;
    }
  /** There is no such file. No answer. */
  | { readonly type: 'no-file'; readonly name: string }
  /** Make a session of the model whose file was sent under this name. Answer: `created`. */
  | {
      readonly type: 'create';
      readonly id: number;
      readonly model: string;
      readonly testPicture: PictureMessage;
      /** How long WebGPU may take to show what it can. */
      readonly webGpuPatienceMs: number;
    }
  /** Answer: `result`. */
  | { readonly type: 'run'; readonly id: number; readonly model: string; readonly picture: PictureMessage }
  /** Answer: `done`. */
  | { readonly type: 'release'; readonly id: number; readonly model: string };

/** `[1, height, width, 3]`, float32, little endian. */
export interface PictureMessage {
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

const id = z.int();
const pageMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('need-file'), name: z.string() }),
  z.object({ type: z.literal('opened'), id, description: z.string() }),
  z.object({ type: z.literal('created'), id, description: z.string() }),
  z.object({ type: z.literal('result'), id, base64: z.string() }),
  z.object({ type: z.literal('done'), id }),
  z.object({ type: z.literal('error'), id, code: z.enum(['FILE_MISSING', 'FAILED']), message: z.string() }),
]);

/** What the page says. */
export type PageMessage = z.infer<typeof pageMessage>;
/** An answer to a message with an id. */
export type PageAnswer = Extract<PageMessage, { id: number }>;

/** A message from the page; undefined for anything else: other parts of a page may speak too. */
export function parsePageMessage(message: unknown): PageMessage | undefined {
  const result = pageMessage.safeParse(message);
  return result.success ? result.data : undefined;
}

/** Photoshop carries about 50 MB a second: a part of this size takes ten milliseconds, and the panel is awake between them. */
export const FILE_PART_BYTES = 393_216;

/**
 * How much two providers may differ on the test picture before WebAssembly is kept. That they do is not theory: WebGPU of
 * onnxruntime-web 1.30.0 is off by 0.05 for a network whose convolutions have 6 and 10 channels, and right for multiples of 4.
 */
export const PROVIDER_TOLERANCE = 1e-3;
