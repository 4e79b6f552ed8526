/**
 * An element of index.html.
 *
 * @throws Error when the page has no such element
 */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} "${id}"`);
}

/** Makes an element with text in it. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text = '', className = '' }: { text?: string; className?: string } = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}
