// Every host of this package (Node, browsers, Photoshop's UXP) has these; ES2022's library does not declare them.
declare const setTimeout: (callback: () => void, delayMs: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;

/** Time and timers, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  nowMs(): number;
  /** Calls back once after the delay, unless the returned function is called first. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** The host's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
