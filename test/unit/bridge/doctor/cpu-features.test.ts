import { parseCpuInfo, parseSysctl } from '@evenlight/bridge/src/doctor/cpu-features.ts';
import { expect, it } from 'vitest';

it('reads the vector units of an x86 CPU from /proc/cpuinfo', () => {
  const text = 'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse4_2 avx fma avx2 rdseed\n\nprocessor\t: 1\n';
  expect(parseCpuInfo(text)).toEqual(['sse4_2', 'avx', 'fma', 'avx2']);
});

it('reads those of an ARM CPU', () => {
  expect(parseCpuInfo('Features\t: fp asimd asimdhp asimddp sve i8mm\n')).toEqual([
    'asimd',
    'asimdhp',
    'asimddp',
    'sve',
    'i8mm',
  ]);
});

it('reads those of a Mac from sysctl', () => {
  const text =
    'hw.optional.arm.FEAT_BF16: 1\nhw.optional.arm.FEAT_SME: 0\nhw.optional.neon: 1\nhw.optional.ucnormal: 1\n';
  expect(parseSysctl(text)).toEqual(['feat_bf16', 'neon']);
});

it('finds none in any other text', () => {
  expect(parseCpuInfo('')).toEqual([]);
  expect(parseSysctl('')).toEqual([]);
});
