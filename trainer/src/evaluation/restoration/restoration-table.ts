import type { LiftScores } from './evaluate-restoration.ts';
import type { DetailScore } from './measure-detail.ts';

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
  lines.push('lifted without noise: change, mean ΔE2000                                mean   worst picture');
  for (const { set, cleaner, ev, images, deltaE, worst } of detail) {
    const name = `${set} (${images}), ${ev} EV`.padEnd(38);
    lines.push(`  ${name} ${cleaner.padEnd(32)} ${deltaE.toFixed(2)}   ${worst.toFixed(2)}`);
  }
  return lines.join('\n');
}
