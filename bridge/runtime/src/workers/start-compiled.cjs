/* The first file of a child process or a worker thread that starts from compiled code. */
const { isMainThread, workerData } = require('node:worker_threads');
const { runCompiled } = require('./run-compiled.cjs');

const [folder, source] = process.argv.slice(2);
runCompiled(isMainThread ? { folder, source } : workerData.compiled);
