/*
 * Runs code that bridge/bin/compile.mjs has compiled, with what V8 made of it the last time: parsing and compiling a megabyte and a
 * half took 0.4 s in the inference process alone. Node 20 has no `module.enableCompileCache`, so V8's form of the code lies in a file
 * beside it. Each V8 and each set of flags has a file of its own: V8 refuses what another one has made.
 */
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');

/**
 * @param {{ readonly folder: string, readonly source: string }} compiled `source` as `bridge/src/cli/fix.ts`
 * @returns {object} what the source exports
 */
exports.runCompiled = ({ folder, source }) => {
  const filename = join(folder, source.replace(/\.ts$/, '.js'));
  const cacheFile = `${filename}.${cachedDataVersionTag()}.v8`;
  const cachedData = readIfThere(cacheFile);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`,
    { filename, cachedData },
  );
  let isKept = cachedData !== undefined && script.cachedDataRejected === false;
  const keepCode = () => {
    if (!isKept) write(cacheFile, script.createCachedData());
    isKept = true;
  };
  globalThis.evenlightCompiled = { folder, keepCode };
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
  return module.exports;
};

function readIfThere(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and nothing is lost when it cannot be written. */
function write(file, bytes) {
  try {
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, bytes);
    renameSync(temporary, file);
  } catch {
    // The folder may be read-only, or another version has just removed it.
  }
}
