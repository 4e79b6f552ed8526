import { existsSync } from 'node:fs';
import { RuntimeError } from '../errors.ts';
import { runProgram, type Environment } from './run-program.ts';

type Command = readonly [program: string, ...args: string[]];

const PIPS: readonly Command[] = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];
const COMPILERS = ['g++', 'c++', 'clang++'] as const;

/** The programs that set-up runs. */
export interface Programs {
  readonly pip: Command;
  readonly compiler: string;
}

/** Which of them are needed: what is already in the cache is not made again. */
export interface Needs {
  readonly pip: boolean;
  readonly compiler: boolean;
}

/**
 * Finds pip and a C++ compiler (`CXX`, g++, c++, clang++) on the PATH.
 *
 * @throws RuntimeError `SETUP_MISSING`, with everything that is missing and the command that installs it
 */
export async function findPrograms(needs: Needs, environment: Environment): Promise<Programs> {
  const pip = needs.pip ? await findFirst(PIPS, environment) : undefined;
  const preferred = environment['CXX'];
  const names = preferred === undefined || preferred === '' ? COMPILERS : [preferred, ...COMPILERS];
  const compilers = names.map((name): Command => [name]);
  const compiler = needs.compiler ? await findFirst(compilers, environment) : undefined;
  const missing: MissingProgram[] = [];
  if (needs.pip && pip === undefined) missing.push(MISSING.pip);
  if (needs.compiler && compiler === undefined) missing.push(MISSING.compiler);
  if (missing.length > 0) throw new RuntimeError('SETUP_MISSING', describeMissing(missing, thisPackageSystem()));
  return { pip: pip ?? ['pip'], compiler: compiler?.[0] ?? 'c++' };
}

async function findFirst(candidates: readonly Command[], environment: Environment): Promise<Command | undefined> {
  for (const candidate of candidates) {
    if ((await runProgram([...candidate, '--version'], environment)).exitCode === 0) return candidate;
  }
  return undefined;
}

/** A program that set-up needs, and the name of its package on each system. */
export interface MissingProgram {
  readonly purpose: string;
  readonly debian: string;
  readonly fedora: string;
  readonly mac: string;
  readonly elsewhere: string;
}

/** The programs that may be missing. */
export const MISSING = {
  pip: {
    purpose: 'pip (to download the library)',
    debian: 'python3-pip',
    fedora: 'python3-pip',
    mac: 'python3 -m ensurepip',
    elsewhere: 'pip of any Python 3',
  },
  compiler: {
    purpose: 'a C++ compiler (for the binding)',
    debian: 'g++',
    fedora: 'gcc-c++',
    mac: 'xcode-select --install',
    elsewhere: 'g++ or clang++',
  },
} as const satisfies Record<string, MissingProgram>;

/** How packages are installed on this computer. */
export interface PackageSystem {
  readonly kind: 'debian' | 'fedora' | 'mac' | 'other';
  readonly isRoot: boolean;
}

function thisPackageSystem(): PackageSystem {
  const isRoot = process.getuid?.() === 0;
  if (process.platform === 'darwin') return { kind: 'mac', isRoot };
  if (existsSync('/etc/debian_version')) return { kind: 'debian', isRoot };
  if (existsSync('/etc/redhat-release')) return { kind: 'fedora', isRoot };
  return { kind: 'other', isRoot };
}

/** One line: what is missing, and the exact command where we know it. */
export function describeMissing(missing: readonly MissingProgram[], { kind, isRoot }: PackageSystem): string {
  const purposes = missing.map(({ purpose }) => purpose).join(' and ');
  const sudo = isRoot ? '' : 'sudo ';
  const debian = missing.map((one) => one.debian).join(' ');
  const advice = {
    debian: `run: ${sudo}apt-get update && ${sudo}apt-get install -y ${debian}`,
    fedora: `run: ${sudo}dnf install -y ${missing.map((one) => one.fedora).join(' ')}`,
    mac: `run: ${missing.map((one) => one.mac).join(' && ')}`,
    other: `install ${missing.map((one) => one.elsewhere).join(' and ')}`,
  }[kind];
  return `set-up needs ${purposes}; ${advice}`;
}
