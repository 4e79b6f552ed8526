/** 0 up to 0, 1 from 1 on, and smoothly (3t² − 2t³) between. */
export function smoothstep(position: number): number {
  const t = Math.min(1, Math.max(0, position));
  return t * t * (3 - 2 * t);
}
