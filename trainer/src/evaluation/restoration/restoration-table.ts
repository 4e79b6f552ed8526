import type { DetailScore, LiftScores } from './evaluate-restoration.ts';

/** Scores for people, in columns. */
export function restorationTable(lifts: readonly LiftScores[], detail: readonly DetailScore[]): string {
  const lines: string[] = [];
  for (const { ev, images, scores } of lifts) {
    lines.push(`lifted by ${ev} EV, ${images} photographs          strength   PSNR (dB)   SSIM`);
    for (const { cleaner, strength, psnr, ssim } of scores) {
      const cells = [cleaner.padEnd(40), String(strength).padStart(6), psnr.toFixed(2).padStart(11), ssim.toFixed(4)];
      lines.push(`  ${cells.join(' ')}`);
    }
  }
  lines.push('lifted without noise: change, ΔE2000      mean   worst picture');
  for (const { ev, images, deltaE, worst } of detail) {
    lines.push(`  ${`${ev} EV, ${images} photographs`.padEnd(38)} ${deltaE.toFixed(2)}   ${worst.toFixed(2)}`);
  }
  return lines.join('\n');
}
