/*
 * The row kernel in AssemblyScript: what models/src/apply and area-sums.ts do in TypeScript, with the same steps in the same order,
 * four pixels at a time. `npm run kernel:build` compiles it.
 */
export {
  addByteRows,
  addByteRowsWithAlpha,
  addFloatColumns,
  addFloatRows,
  addIntegerColumns,
  addLongColumns,
  addPixelColumns,
  addWordRows,
  addWordRowsWithAlpha,
  clear,
} from './areas';
export { bias, encodePlane, linearToSrgb, luma, spreadGray, srgbToLinear } from './curves';
export * from './layout';
export { lookUpBytes, lookUpWords, readBytes, readFloats, readWords } from './read-samples';
export { prepareRow, setGuide, slice } from './slice';
export { writeBytes, writeFloats, writeWords } from './write-samples';
