/** `[count, height, width, channels]`. */
export type TileShape = readonly [count: number, height: number, width: number, channels: 4];

/**
 * Runs a network of the kind `restoration` on tiles of one shape, each made by `restorationInput`.
 *
 * @returns its residuals, `[count, height, width, 3]`
 */
export type RunTiles = (input: Float32Array, shape: TileShape) => Promise<Float32Array>;
