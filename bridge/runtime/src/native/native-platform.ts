import type { NativePlatform } from './tensorflow-release.ts';

/** What decides whether TensorFlow's library can run here. */
export interface System {
  readonly platform: string;
  readonly arch: string;
  /** Linux: whether Node runs on glibc, which TensorFlow's wheels need; Alpine Linux has musl. */
  readonly hasGlibc: boolean;
}

/** This computer. */
export function thisSystem(): System {
  const report: unknown = process.report.getReport();
  const header = typeof report === 'object' && report !== null && 'header' in report ? report.header : undefined;
  const hasGlibc = typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header;
  return { platform: process.platform, arch: process.arch, hasGlibc };
}

/** The platform whose wheel fits, or why there is none. */
export function findNativePlatform({ platform, arch, hasGlibc }: System): NativePlatform | { readonly reason: string } {
  if (platform === 'linux' && !hasGlibc) return { reason: 'this Linux has no glibc, which TensorFlow needs' };
  if (platform === 'linux' && arch === 'x64') return 'linux-x64';
  if (platform === 'linux' && arch === 'arm64') return 'linux-arm64';
  if (platform === 'darwin' && arch === 'arm64') return 'darwin-arm64';
  return { reason: `there is no set-up of native TensorFlow for ${platform}-${arch}` };
}
