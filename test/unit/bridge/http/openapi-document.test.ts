import { describe, expect, it } from 'vitest';
import { openApiDocument } from '@evenlight/bridge/src/http/openapi-document.ts';

describe('openApiDocument', () => {
  it('names the version that runs and the formats that it writes', () => {
    expect(openApiDocument('1.2.3')).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      info: { version: '1.2.3', title: expect.any(String) },
      components: {
        parameters: {
          format: { in: 'query', schema: { type: 'string', enum: expect.arrayContaining(['keep', 'jpeg', 'psd']) } },
        },
      },
    });
  });
});
