/** From where to where a measure makes certain; downwards where `none` is the larger. */
export type Ramp = readonly [none: number, all: number];

/** 0 up to where a ramp begins, 1 from where it ends. */
export function ramp(value: number, [none, all]: Ramp): number {
  return Math.min(1, Math.max(0, (value - none) / (all - none)));
}
