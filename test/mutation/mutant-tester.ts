import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Mutant } from './make-mutants.ts';

interface Worker {
  readonly process: ChildProcessWithoutNullStreams;
  readonly answers: AsyncIterator<string>;
}

/** Tries mutants in a process of its own, which is replaced when a mutant makes it run for ever. */
export class MutantTester {
  #worker: Worker | undefined;

  /** Whether the unit tests notice the mutant: one that does not end within the time limit is noticed. */
  async isNoticed(mutant: Mutant, timeLimitMs: number): Promise<boolean> {
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
    if (answer === 'late') {
      child.kill('SIGKILL');
      this.#worker = undefined;
      return true;
    }
    if (answer.value === 'noticed' || answer.value === 'survived') return answer.value === 'noticed';
    throw new Error(`the tests ended without an answer on ${mutant.file}:${mutant.line} ${mutant.what}`);
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
