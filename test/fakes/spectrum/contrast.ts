import { contrastRatio as ratio, parseColor as parse, type Color } from './contrast-ratio.ts';

/** Of small texts, and of marks that mean something (WCAG 2.2, 1.4.3 and 1.4.11). */
const TEXT_RATIO = 4.5;
const MARK_RATIO = 3;

/** Visible texts and marks of the panel's own that are too hard to see; the widgets are Photoshop's. */
export function lowContrast(root: Element): string[] {
  const found = new Set<string>();
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (
      !element.checkVisibility() ||
      element.localName.startsWith('sp-') ||
      element.closest('sp-button, sp-action-button')
    )
      continue;
    const ground = groundOf(element);
    const style = getComputedStyle(element);
    if (hasOwnText(element)) {
      check(
        found,
        `text .${element.className} "${element.textContent}"`,
        ratio(over(parse(style.color), ground), ground),
        TEXT_RATIO,
      );
    }
    const isMark = element.matches('.is-good > .ev-dot, .is-busy > .ev-dot, .is-warn > .ev-dot, .is-bad > .ev-dot');
    if (isMark) {
      const behind = groundOf(element.parentElement!);
      check(
        found,
        `mark .${element.parentElement!.className}`,
        ratio(over(parse(style.backgroundColor), behind), behind),
        MARK_RATIO,
      );
    }
    if (element.matches('.ev-choice-cell.is-chosen')) {
      check(found, 'mark of a choice', ratio(parse(style.borderBottomColor), ground), MARK_RATIO);
    }
  }
  return [...found];
}

function check(found: Set<string>, what: string, value: number, needed: number): void {
  if (value < needed) found.add(`${what}: ${value.toFixed(2)} to 1, needs ${needed}`);
}

function hasOwnText(element: Element): boolean {
  return [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '',
  );
}

/** What is behind an element: the backgrounds of all that it lies in. */
function groundOf(element: Element): Color {
  const layers: Color[] = [];
  for (let at: Element | null = element; at !== null; at = at.parentElement)
    layers.push(parse(getComputedStyle(at).backgroundColor));
  return layers.reduceRight<Color>((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
}

function over([red, green, blue, alpha]: Color, [r, g, b]: Color): Color {
  const mix = (front: number, back: number): number => front * alpha + back * (1 - alpha);
  return [mix(red, r), mix(green, g), mix(blue, b), 1];
}
