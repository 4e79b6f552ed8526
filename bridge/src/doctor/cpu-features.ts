import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The vector units that matter to TensorFlow and WebAssembly, by the kernel's names, in order of age. */
const KNOWN_FEATURES = [
  ...['sse4_2', 'avx', 'f16c', 'fma', 'avx2', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'avx512_fp16', 'avx_vnni'],
  ...['amx_tile', 'amx_bf16', 'asimd', 'asimdhp', 'asimddp', 'sve', 'sve2', 'bf16', 'i8mm'],
] as const;

/** The vector units of this computer's CPU; empty where the system does not tell. */
export function cpuFeatures(): readonly string[] {
  try {
    if (process.platform === 'darwin') {
      return parseSysctl(execFileSync('sysctl', ['-a', 'hw.optional', 'machdep.cpu.features'], { encoding: 'utf8' }));
    }
    return parseCpuInfo(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    // No /proc and no sysctl: nothing to tell.
    return [];
  }
}

/** Linux: the line "flags" (x86) or "Features" (ARM) of /proc/cpuinfo. */
export function parseCpuInfo(text: string): readonly string[] {
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(/\s+/) ?? [];
  return KNOWN_FEATURES.filter((feature) => flags.includes(feature));
}

/** macOS: `hw.optional.…: 1`. */
export function parseSysctl(text: string): readonly string[] {
  const found = [...text.matchAll(/^hw\.optional\.(?:arm\.)?(\w+): 1$/gm)].map(([, name]) =>
    (name ?? '').toLowerCase(),
  );
  return found.filter((name) =>
    /^(feat_bf16|feat_i8mm|feat_dotprod|feat_sme|neon|advsimd|avx\d?\w*|sse4_2|fma)$/.test(name),
  );
}
