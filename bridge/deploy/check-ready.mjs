// Ends with 0 while the bridge of this container takes jobs, else with 1. Reads the port and TLS from the config file.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { get as getSecurely } from 'node:https';

const { port = 8497, tls } = readConfig();
// Its own certificate names the bridge, not 127.0.0.1; whether it answers is all that is asked.
const ask = tls === undefined ? get : getSecurely;
const options = { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, timeout: 4000 };
ask(options, (response) => process.exit(response.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));

function readConfig() {
  try {
    return JSON.parse(readFileSync(process.env.EVENLIGHT_CONFIG ?? '', 'utf8'));
  } catch {
    return {};
  }
}
