// learner.js FOLDER: the Digital Credentials Consortium's verifier-core on FOLDER/credential.json.
// Its requests are answered from FOLDER/site, by host and path, with the type in FILE.type if there
// is one. Prints its log as JSON.
const fs = require('node:fs');
const path = require('node:path');
const folder = process.argv[2];
globalThis.fetch = async input => {
  const url = new URL(typeof input === 'string' ? input : input.url);
  const file = path.join(folder, 'site', decodeURIComponent(url.host + url.pathname));
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) {
    return new Response('', {status: 404, statusText: 'Not Found'});
  }
  const type = `${file}.type`;
  const said = fs.existsSync(type) ? fs.readFileSync(type, 'utf8') : 'application/json';
  const headers = {'content-type': said};
  return new Response(fs.readFileSync(file), {status: 200, headers});
};
const say = console.log;
console.error = console.warn = console.log = () => {}; // the schema, which is not to be had
const main = async () => {
  const {verifyCredential} = await import('@digitalcredentials/verifier-core');
  const credential = JSON.parse(fs.readFileSync(path.join(folder, 'credential.json')));
  const registries = [{name: 'R', type: 'dcc-legacy', url: 'https://so.example/registry.json'}];
  const result = await verifyCredential({credential, knownDIDRegistries: registries});
  const log = (result.log ?? []).map(({id, valid, error}) => ({id, valid, error: error?.name}));
  const errors = (result.errors ?? []).map(each => ({name: each.name, message: each.message}));
  say(JSON.stringify({log, errors}));
};
main();
