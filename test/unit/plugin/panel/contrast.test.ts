import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrastRatio, parseColor } from '../../../fakes/spectrum/contrast-ratio.ts';
import { decideColorScheme, themeCss } from '../../../fakes/spectrum/host-theme.ts';

const STYLES = readFileSync(new URL('../../../../plugin/styles/theme.css', import.meta.url), 'utf8');

/** Variables of a theme: Photoshop's, and our own; what comes later holds. */
function variablesOf(theme: 'darkest' | 'dark' | 'light' | 'lightest'): ReadonlyMap<string, string> {
  const css = `${themeCss(theme)}\n${decideColorScheme(STYLES, theme).replace(/@media not all \{[^@]*?\}\s*\}/g, '')}`;
  return new Map([...css.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, color]) => [name!, color!]));
}

describe.each(['darkest', 'dark', 'light', 'lightest'] as const)("in Photoshop's theme %s", (theme) => {
  const variables = variablesOf(theme);
  const onGround = (name: string): number =>
    contrastRatio(parseColor(variables.get(name)!), parseColor(variables.get('--uxp-host-background-color')!));

  it.each(['--uxp-host-text-color', '--uxp-host-text-color-secondary'])(
    'texts in %s can be read (WCAG 2.2, 1.4.3)',
    (name) => {
      expect(onGround(name)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(['--ev-good', '--ev-busy', '--ev-warn', '--ev-bad'])('marks in %s can be seen (WCAG 2.2, 1.4.11)', (name) => {
    expect(onGround(name)).toBeGreaterThanOrEqual(3);
  });
});
