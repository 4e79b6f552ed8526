import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { PHOTO_FORMATS } from '../codec/photo.ts';

/** The parts of bridge/openapi.json that are filled in. */
const schema = z.looseObject({
  info: z.looseObject({}),
  components: z.looseObject({
    parameters: z.looseObject({ format: z.looseObject({ schema: z.looseObject({}) }) }),
  }),
});

let text: string | undefined;

/** bridge/openapi.json, with the version of the running software and the formats that it writes. */
export function openApiDocument(version: string): object {
  text ??= readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');
  const document = schema.parse(JSON.parse(text));
  document.info['version'] = version;
  document.components.parameters.format.schema['enum'] = ['keep', ...PHOTO_FORMATS];
  return document;
}
