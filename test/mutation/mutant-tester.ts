import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Mutant } from './make-mutants.ts';

/** A mutant that takes this many times as long as no mutant runs for ever. */
const PATIENCE = 3;

interface Worker {
  readonly process: ChildProcessWithoutNullStreams;
  readonly answers: AsyncIterator<string>;
}

/** `unfinished`: the tests ran for ever, or their process ended. */
export type Outcome = 'noticed' | 'survived' | 'unfinished';

/** Tries mutants in a process of its own, which is replaced when a mutant makes it run for ever or end. */
export class MutantTester {
  #worker: Worker | undefined;
  readonly #limitsMs = new Map<string, number>();

  /**
   * A mutant that takes `PATIENCE` times as long as its package's tests without a mutant runs for ever. The machine may have become busier
   * since that time was taken: it is taken again before a mutant counts as unfinished.
   */
  async try(mutant: Mutant): Promise<Outcome> {
    const folder = mutant.file.split('/')[0]!;
    let limitMs = this.#limitsMs.get(folder) ?? (await this.#measureLimit(mutant));
    for (;;) {
      const outcome = await this.#ask(mutant, limitMs);
      if (outcome !== 'unfinished') return outcome;
      const newLimitMs = await this.#measureLimit(mutant);
      if (newLimitMs <= limitMs) return 'unfinished';
      limitMs = newLimitMs;
    }
  }

  /** @throws where the tests fail without a mutant: they would notice everything */
  async #measureLimit({ file }: Mutant): Promise<number> {
    const folder = file.split('/')[0]!;
    const nothing = { file, line: 1, what: 'nothing', start: 0, end: 0, original: '', replacement: '' };
    const startedMs = performance.now();
    if ((await this.#ask(nothing, Infinity)) !== 'survived')
      throw new Error(`the unit tests of ${folder} fail without a mutant`);
    const limitMs = PATIENCE * (performance.now() - startedMs);
    this.#limitsMs.set(folder, limitMs);
    return limitMs;
  }

  async #ask(mutant: Mutant, timeLimitMs: number): Promise<Outcome> {
    this.#worker ??= startWorker();
    const { process: child, answers } = this.#worker;
    child.stdin.write(`${JSON.stringify(mutant)}\n`);
    let stopWaiting = (): void => undefined;
    const late = new Promise<'late'>((done) => {
      if (timeLimitMs === Infinity) return;
      const timer = setTimeout(() => done('late'), timeLimitMs);
      stopWaiting = () => clearTimeout(timer);
    });
    const answer = await Promise.race([answers.next(), late]);
    stopWaiting();
    if (answer !== 'late' && answer.done !== true) return answer.value === 'noticed' ? 'noticed' : 'survived';
    child.kill('SIGKILL');
    this.#worker = undefined;
    return 'unfinished';
  }

  close(): void {
    this.#worker?.process.stdin.end();
  }
}

function startWorker(): Worker {
  const program = resolve(import.meta.dirname, 'mutant-worker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program]);
  child.stderr.resume();
  return { process: child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}
