/* The part of libheif's interface that is used; the package's own types are those of another of its builds. */
declare module 'libheif-js/wasm-bundle.js' {
  export interface HeifCode {
    readonly value: number;
  }
  export interface HeifError {
    readonly code: HeifCode;
    readonly message: string;
  }
  export interface HeifChannel {
    readonly id: HeifCode;
    /** Bytes from one row to the next. */
    readonly stride: number;
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
  }
  export interface HeifDecoded {
    readonly image: object;
    readonly channels: readonly HeifChannel[];
  }
  export interface LibHeif {
    readonly heif_error_code: { readonly heif_error_Ok: HeifCode };
    readonly heif_colorspace: { readonly heif_colorspace_RGB: HeifCode };
    readonly heif_chroma: {
      readonly heif_chroma_interleaved_RGBA: HeifCode;
      readonly heif_chroma_interleaved_RRGGBBAA_LE: HeifCode;
    };
    heif_context_alloc(): object;
    heif_context_free(context: object): void;
    heif_context_read_from_memory(context: object, bytes: Uint8Array): HeifError;
    heif_js_context_get_primary_image_handle(context: object): HeifError | object;
    heif_image_handle_get_width(handle: object): number;
    heif_image_handle_get_height(handle: object): number;
    heif_image_handle_release(handle: object): void;
    heif_js_decode_image2(handle: object, space: HeifCode, chroma: HeifCode): Promise<HeifDecoded | HeifError>;
    heif_image_release(image: object): void;
  }
  const libheif: LibHeif;
  export default libheif;
}
