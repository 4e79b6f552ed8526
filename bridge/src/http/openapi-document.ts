import { readFileSync } from 'node:fs';

let text: string | undefined;

/** bridge/openapi.json, with the version of the running software. */
export function openApiDocument(version: string): object {
  text ??= readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
  const document: unknown = JSON.parse(text);
  if (!isDocument(document)) throw new Error('bridge/openapi.json has no info');
  return { ...document, info: { ...document.info, version } };
}

function isDocument(value: unknown): value is { readonly info: object } {
  return typeof value === 'object' && value !== null && 'info' in value && typeof value.info === 'object';
}
