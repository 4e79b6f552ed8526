import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LOCAL_ERRORS, WIRE_ERRORS } from '@evenlight/protocol';
import type { EngineErrorCode, HostErrorCode } from '@evenlight/plugin/src/errors.ts';
import { codeText, errorText } from '@evenlight/plugin/src/panel/error-text.ts';
import { percentText } from '@evenlight/plugin/src/panel/number-text.ts';
import { CATALOGUES, isTextKey, languageFor, textsIn, type TextKey } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { RUNGS, type Advice } from '@evenlight/plugin/src/session/diagnosis.ts';
import { CHOICES } from '@evenlight/plugin/src/session/settings.ts';
import { SessionError, type SessionErrorCode } from '@evenlight/plugin/src/session/errors.ts';

const keys = Object.keys(CATALOGUES.en) as TextKey[];
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

/** The words of settings that are lists. */
function choiceKeys(): string[] {
  return Object.entries(CHOICES).flatMap(([name, { choices }]) => [
    `settings.${name}`,
    ...choices.map((choice) => `settings.${name}.${choice}`),
  ]);
}

describe('the texts', () => {
  it('are the same in every language: keys, placeholders, none empty', () => {
    for (const catalogue of Object.values(CATALOGUES)) {
      expect(Object.keys(catalogue).sort()).toEqual([...keys].sort());
      for (const key of keys) {
        expect.soft(placeholders(catalogue[key]), key).toEqual(placeholders(CATALOGUES.en[key]));
        expect.soft(catalogue[key].trim(), key).not.toBe('');
      }
    }
  });

  it('are translated, but for words that are the same in both', () => {
    const same = keys.filter((key) => CATALOGUES.en[key] === CATALOGUES.de[key]);
    const allowed =
      /^(settings\.(language\.(en|de)|token|version)|rung\.(websocket|version)|mode\.|strength\.(unit|medium)|ev\.unit|time\.|preview\.(zoom|fullSize)|measure\.change$|result\.byPanel|engine\.(in-engine|plain)|settings\.support|batch\.(csv|json)|photoshop\.(layer|batchDone))/;
    expect(same.filter((key) => !allowed.test(key))).toEqual([]);
  });

  it('never let a line end between a number and its unit', () => {
    // Names of layers are typed and searched for by users: they keep the plain space.
    const shown = keys.filter((key) => !key.startsWith('photoshop.layer'));
    const torn = /[\d}] (%|EV|s|min|bits?|Bit)(?![\p{L}])|ΔE \{| →|→ /u;
    for (const catalogue of Object.values(CATALOGUES)) {
      expect(shown.filter((key) => torn.test(catalogue[key]))).toEqual([]);
    }
    expect([0.004, 1].map((share) => percentText(share, 'de'))).toEqual(['0,4\u00a0%', '100,0\u00a0%']);
  });

  it.each([
    ['en', /bridge|npm|onnx|runtime|failed to fetch|\bnetwork\b|\bengines?\b|photograph|blown|diagnos/i],
    [
      'de',
      /bridge|brücke|npm|onnx|runtime|\bnetz(es)?\b|rechenwerk|fotografie|ausgefressen|beschnitt\b|\bLW\b|\bsichern/i,
    ],
  ] as const)("have the glossary's words, and none of a programmer's (%s)", (language, foreign) => {
    // A place in the system's settings, and the program that is called so.
    const own = (text: string): string => text.replace(/Local Network|Lokales Netzwerk/g, '');
    expect(keys.filter((key) => foreign.test(own(CATALOGUES[language][key])))).toEqual([]);
  });

  it('are all used', () => {
    const folder = fileURLToPath(new URL('../../../../plugin/src', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(folder, path), 'utf8'))
      .join('\n');
    const made =
      /^(error|advice|rung|mode|output|attempt|engine|progress|measure|settings\.(help|privacy|support)$|tab|strength|restore|source|document\.(artboards|quick-mask)$)\.?/;
    const ofChoices = new Set(choiceKeys());
    const unused = keys.filter((key) => !sources.includes(`'${key}'`) && !made.test(key) && !ofChoices.has(key));
    expect(unused).toEqual([]);
  });

  it('have a name for every setting that is a list, and for each of its choices', () => {
    expect(choiceKeys().filter((key) => !isTextKey(key))).toEqual([]);
  });

  it('fill in values, and show what has none', () => {
    expect(textsIn('en')('result.saved', { file: 'a.cube' })).toBe('Saved as a.cube');
    expect(textsIn('en')('result.saved')).toBe('Saved as {file}');
    expect(textsIn('de')('measure.changeMost', { ev: '+1,3', part: 'Tiefen' })).toBe('+1,3\u00a0EV, vor allem Tiefen');
  });

  it("follow Photoshop's language unless told otherwise", () => {
    expect(languageFor('auto', 'de_AT')).toBe('de');
    expect(languageFor('auto', 'fr_FR')).toBe('en');
    expect(languageFor('en', 'de_DE')).toBe('en');
  });
});

describe('every error', () => {
  const session: Record<SessionErrorCode, true> = {
    ...{ NO_DOCUMENT: true, UNSUPPORTED_DOCUMENT: true, NO_MODEL: true, BRIDGE_AWAY: true, BUSY: true },
    ...{ CANCELLED: true, BAD_SETTINGS: true, NEWER_ACTION: true },
  };
  const host: Record<HostErrorCode, true> = {
    ...{ DOCUMENT_CLOSED: true, DOCUMENT_CHANGED: true, UNSUPPORTED_DOCUMENT: true, NO_PIXELS: true, BUSY: true },
    ...{ CANCELLED: true, REFUSED: true, NOT_APPLIED: true, UNSUPPORTED_HOST: true, STORAGE_FAILED: true },
    ...{ ARTBOARDS: true, QUICK_MASK: true },
  };
  const engine: Record<EngineErrorCode, true> = {
    ...{ MODEL_MISSING: true, MODEL_CORRUPT: true, FILE_MISSING: true, UNSUPPORTED: true, TIMEOUT: true },
    ...{ OUT_OF_MEMORY: true, FAILED: true, DISAGREES: true, BAD_INPUT: true, NO_ENGINE: true },
    ...{ CANCELLED: true, DISPOSED: true },
  };
  /** Bugs of ours, which no sentence helps against, and cancelling, which is no error. */
  const unknown = new Set([
    ...['CANCELLED', 'FAILED', 'DISAGREES', 'BAD_INPUT', 'DISPOSED', 'CLOSED', 'INTERNAL', 'BAD_ARGUMENT'],
    ...['DIGEST_MISMATCH', 'UPGRADE_REFUSED', 'HELLO_EXPECTED', 'BAD_MESSAGE', 'BAD_FRAME', 'HANDSHAKE_TIMEOUT'],
    ...['JOB_ID_REUSED', 'NO_SIGN_OF_LIFE', 'TOO_LARGE', 'WINDOW_EXCEEDED', 'NOT_READING', 'UNKNOWN_MESSAGE'],
    ...['UNKNOWN_JOB', 'BAD_REQUEST', 'IMAGE_TOO_LARGE', 'UNEXPECTED_CHUNK', 'OUT_OF_ORDER', 'TOO_MANY_BYTES'],
    ...['WRONG_END'],
  ]);

  it('that a user can do something about has a sentence of its own', () => {
    const codes = [session, host, engine, WIRE_ERRORS, LOCAL_ERRORS].flatMap((table) => Object.keys(table));
    expect(codes.filter((code) => !unknown.has(code) && !isTextKey(`error.${code}`))).toEqual([]);
  });

  it('without one shows its own message', () => {
    expect(errorText(new Error('odd'), textsIn('en'))).toBe('Something went wrong: odd');
    expect(codeText({ code: 'WRONG_END', message: 'ended early' }, textsIn('de'))).toBe(
      'Etwas ist schiefgegangen: ended early',
    );
  });

  it('that has a cause can tell it, in the same language', () => {
    const cause = new SessionError('NO_DOCUMENT', 'none');
    const error = new SessionError('BRIDGE_AWAY', 'away', { cause });
    expect(errorText(error, textsIn('en'))).toBe(
      'The Evenlight server cannot be used: No document is open, or it was closed in the meantime.',
    );
  });
});

describe('the diagnosis', () => {
  it('has a name for every rung and a sentence for every advice', () => {
    const advice: Record<Advice, true> = {
      ...{ 'correct-address': true, 'start-bridge': true, 'other-port': true, 'allow-local-network': true },
      ...{ 'open-firewall': true, 'unreachable-or-untrusted': true, 'trust-certificate': true },
      ...{ 'no-self-signed-on-mac': true, 'address-without-tls': true, 'address-with-tls': true },
      ...{ 'other-program': true, 'web-sockets-blocked': true, 'bridge-full': true, 'update-panel': true },
      ...{ 'update-bridge': true, 'enter-token': true, 'correct-token': true, 'wait-for-model': true },
      ...{ 'choose-model': true },
    };
    const wanted = [...RUNGS.map((rung) => `rung.${rung}`), ...Object.keys(advice).map((name) => `advice.${name}`)];
    expect(wanted.filter((key) => !isTextKey(key))).toEqual([]);
    const sentences = wanted.map((key) => CATALOGUES.en[key as TextKey]);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
