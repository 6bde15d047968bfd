// suite.js make: credentials and presentations as conformance suites send them, good and malformed,
// each signed by these libraries: [{name, key, version, good, document, options}].
// suite.js verify: stdin is [{document, lists}]; what @digitalbazaar/vc says of each.
const fs = require('node:fs');
const crypto = require('node:crypto');
const main = async command => {
  const vc = await import('@digitalbazaar/vc');
  const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
  const eddsa = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
  const ecdsa = await import('@digitalbazaar/ecdsa-rdfc-2019-cryptosuite');
  const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
  const Ed25519 = await import('@digitalbazaar/ed25519-multikey');
  const Ecdsa = await import('@digitalbazaar/ecdsa-multikey');
  const jsonld = (await import('jsonld')).default;
  const rdf = await import('rdf-canonize');
  const base58 = await import('base58-universal');
  const V1 = 'https://www.w3.org/2018/credentials/v1';
  const V2 = 'https://www.w3.org/ns/credentials/v2';
  const DI = 'https://w3id.org/security/data-integrity/v2';
  const EXAMPLES = 'https://www.w3.org/ns/credentials/examples/v2';
  const MULTIKEY = 'https://w3id.org/security/multikey/v1';
  const multikey = (await import('@digitalbazaar/multikey-context')).default;
  const integrity = (await import('@digitalbazaar/data-integrity-context')).default;
  const ours = new Map([...multikey.contexts, ...integrity.contexts,
    [EXAMPLES, {'@context': {'@vocab': 'https://www.w3.org/ns/credentials/examples#'}}]]);
  const didKey = url => {
    const [did, fragment] = url.split('#');
    const value = did.replace('did:key:', '');
    const method = {'@context': MULTIKEY, id: `${did}#${value}`, type: 'Multikey',
      controller: did, publicKeyMultibase: value};
    return fragment ? method : {'@context': 'https://www.w3.org/ns/did/v1', id: did,
      verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id]};
  };
  const loader = (lists = {}) => async url => {
    const document = lists[url] ?? ours.get(url) ?? (url.startsWith('did:key:') ? didKey(url) : null);
    if (document) return {contextUrl: null, documentUrl: url, document, tag: 'static'};
    return vc.defaultDocumentLoader(url);
  };
  if (command === 'verify') {
    const suite = [eddsa.cryptosuite, ecdsa.cryptosuite].map(
      cryptosuite => new DataIntegrityProof({cryptosuite}));
    const said = [];
    for (const {document, lists, challenge, domain} of JSON.parse(fs.readFileSync(0))) {
      const documentLoader = loader(lists);
      const check = options => checkStatus({...options, verifyBitstringStatusListCredential: true});
      const result = document.type.includes('VerifiablePresentation')
        ? await vc.verify({presentation: document, suite, documentLoader, challenge, domain,
          checkStatus: check})
        : await vc.verifyCredential({credential: document, suite, documentLoader,
          checkStatus: check});
      const set = (result.statusResult?.results ?? []).some(each => each.status);
      said.push(result.verified && !set ? 'VALID' : set ? 'STATUS' : `REFUSED: ${
        result.error?.errors?.[0]?.message ?? result.error?.message}`);
    }
    return said;
  }
  const keys = {
    'Ed25519': await Ed25519.generate(),
    'P-256': await Ecdsa.generate({curve: 'P-256'}),
    'P-384': await Ecdsa.generate({curve: 'P-384'}),
  };
  const digest = (name, text) => crypto.createHash(name).update(text).digest();
  const canonize = async (document, hash) => {
    const options = {documentLoader: loader(), base: null, safe: false, skipExpansion: false};
    const dataset = await jsonld.toRDF(document, options);
    return rdf.canonize(dataset, {algorithm: 'RDFC-1.0', format: 'application/n-quads',
      messageDigestAlgorithm: hash});
  };
  // Sign whatever the options say. `how` may take another hash or another canonical form.
  const secure = async (document, name, changes = {}, how = {}) => {
    const key = keys[name];
    const did = `did:key:${key.publicKeyMultibase}`;
    const {proof: earlier, ...plain} = document;
    const proofs = earlier ? [earlier].flat() : [];
    const options = {type: 'DataIntegrityProof',
      cryptosuite: name === 'Ed25519' ? 'eddsa-rdfc-2022' : 'ecdsa-rdfc-2019',
      created: '2026-04-01T00:00:00Z', verificationMethod: `${did}#${key.publicKeyMultibase}`,
      proofPurpose: 'assertionMethod', ...changes};
    for (const each of Object.keys(options)) if (options[each] === null) delete options[each];
    const hash = how.hash ?? (name === 'P-384' ? 'sha384' : 'sha256');
    const before = proofs.filter(each => [options.previousProof].flat().includes(each.id));
    const signed = before.length ? {...plain, proof: before} : plain;
    const text = how.jcs ? JSON.stringify(signed) : await canonize(signed, hash);
    const config = await canonize({'@context': plain['@context'], ...options}, hash);
    const value = await key.signer().sign(
      {data: Buffer.concat([digest(hash, config), digest(hash, text)])});
    const proof = {...options, proofValue: `z${base58.encode(value)}`};
    return {...plain, proof: proofs.length ? [...proofs, proof] : proof};
  };
  const made = [];
  const add = (name, key, version, good, document, options) =>
    made.push({name, key, version, good, document, options});
  for (const key of Object.keys(keys)) {
    const issuer = `did:key:${keys[key].publicKeyMultibase}`;
    const base = {id: 'urn:uuid:86294362-4254-4f36-854f-3952fe42555d', issuer,
      type: ['VerifiableCredential'], credentialSubject: {id: 'did:example:alice'}};
    const versions = {
      '1.1': {'@context': [V1, DI], ...base, issuanceDate: '2020-03-16T22:37:26.544Z'},
      '2.0': {'@context': [V2], ...base},
    };
    // nothing has a name, so that canonical order depends on the hash
    const nameless = {'@context': [V2, {'@protected': true, sail: {'@id': 'urn:example:sail'},
      sails: {'@id': 'urn:example:sails'}, size: 'urn:example:size'}],
    type: ['VerifiableCredential'], issuer, credentialSubject: {name: 'Jane', sails: [
      {size: 5.5, sail: {name: 'a'}}, {size: 6.1, sail: {name: 'b'}}, {size: 7, sail: {name: 'c'}},
      {size: 7.8, sail: {name: 'd'}}, {sail: {name: 'e'}}, {size: 9}]}};
    add('without names', key, '2.0', true, await secure(nameless, key));
    add('examples context', key, '2.0', true, await secure(
      {...versions['2.0'], '@context': [V2, EXAMPLES], note: 'x'}, key));
    for (const [version, document] of Object.entries(versions)) {
      const put = async (name, good, changes, how) =>
        add(name, key, version, good, await secure(document, key, changes, how));
      await put('issued', true);
      await put('no created', true, {created: null});
      await put('offset', true, {created: '2026-04-01T07:00:00+07:00'});
      await put('expires', true, {expires: '2099-01-01T00:00:00Z'});
      await put('nonce', true, {nonce: 'n'});
      await put('expired', false, {expires: '2020-01-01T00:00:00Z'});
      await put('created without offset', false, {created: '2026-04-01T00:00:00'});
      await put('expires without offset', false, {expires: '2099-01-01T00:00:00'});
      await put('created no date', false, {created: 'invalidDate'});
      await put('no type', false, {type: ''});
      await put('unknown type', false, {type: 'UnknownProofType'});
      await put('no suite', false, {cryptosuite: ''});
      await put('unknown suite', false, {cryptosuite: 'UnknownCryptosuite'});
      await put('no method', false, {verificationMethod: null});
      await put('invalid method', false, {verificationMethod: 'did:key:invalidVm'});
      await put('no purpose', false, {proofPurpose: null});
      await put('invalid purpose', false, {proofPurpose: 'invalidPurpose'});
      await put('authentication', false, {proofPurpose: 'authentication', challenge: 'c',
        domain: 'd.example'});
      await put('another hash', false, {}, {hash: key === 'P-384' ? 'sha256' : 'sha384'});
      await put('JCS', false, {}, {jcs: true});
      const id = 'urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544';
      const first = await secure(document, key, {id});
      const set = await secure({...first, proof: [first.proof]}, key);
      const chain = await secure({...first, proof: [first.proof]}, key, {id: `${id}0`,
        previousProof: id});
      const list = await secure({...first, proof: [first.proof]}, key, {previousProof: [id]});
      const bare = structuredClone(chain);
      add('set', key, version, true, set);
      add('chain', key, version, true, chain);
      add('chain by list', key, version, true, list);
      bare.proof[1].id = `${id}1`;
      add('chain, another id', key, version, false, bare);
      add('chain, first gone', key, version, false, {...chain, proof: [chain.proof[1]]});
      add('chain, no such proof', key, version, false, await secure(
        {...first, proof: [first.proof]}, key, {previousProof: `${id}9`}));
      add('chain, a number', key, version, false, await secure(
        {...first, proof: [first.proof]}, key, {previousProof: 456321}));
      const wrong = structuredClone(await secure(document, key));
      wrong.proof.proofValue = wrong.proof.proofValue.slice(1);
      add('value without its header', key, version, false, wrong);
      add('value too long', key, version, false, {...wrong, proof: {...wrong.proof,
        proofValue: `z${base58.encode(Buffer.concat([
          base58.decode(wrong.proof.proofValue), Buffer.alloc(32, 7)]))}`}});
    }
  }
  // Presentations by the library itself, and what somebody makes of them.
  const holder = `did:key:${keys.Ed25519.publicKeyMultibase}`;
  const signer = {...keys.Ed25519.signer(), id: `${holder}#${keys.Ed25519.publicKeyMultibase}`};
  const held = async issuer => secure({'@context': [V2], type: ['VerifiableCredential'], issuer,
    credentialSubject: {id: 'did:example:subject'}}, 'Ed25519');
  const present = async (name, good, changes = {}, alter = each => each) => {
    const presentation = {'@context': [V2], type: ['VerifiablePresentation'], ...changes};
    const signed = await vc.signPresentation({presentation, challenge: 'c', domain: 'd.example',
      suite: new DataIntegrityProof({signer, cryptosuite: eddsa.cryptosuite}),
      documentLoader: loader()});
    add(name, 'Ed25519', 'presentation', good, alter(structuredClone(signed)));
  };
  const others = [await held('did:example:issuer'), await held('did:example:issuer')];
  const own = [await held(holder)];
  await present('presented', true);
  await present('presented, with an id', true, {id: 'urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008'});
  await present('presented, another type', true, {
    '@context': [V2, {Other: 'https://example.org/examples#Other'}],
    type: ['VerifiablePresentation', 'Other'], verifiableCredential: []});
  await present('presented, examples', true, {'@context': [V2, EXAMPLES]});
  await present('presented, credentials', true, {verifiableCredential: others});
  await present('presented, holder', true, {holder, verifiableCredential: others});
  await present('presented, holder as object', true, {holder: {id: holder},
    verifiableCredential: others});
  await present('presented, own', true, {holder, verifiableCredential: own});
  await present('presented, own without holder', false, {verifiableCredential: own});
  await present('presented, own of another holder', false, {holder: 'did:example:acme',
    verifiableCredential: own});
  const altered = {
    'own by another issuer': each => { each.verifiableCredential[0].issuer = 'did:example:acme'; },
    'another value': each => { each.proof.proofValue = 'z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh'; },
    'no context': each => { delete each['@context']; },
    'contexts swapped': each => { each['@context'].unshift(EXAMPLES); },
    'a context unknown': each => { each['@context'][1] = 'https://example.com'; },
    'a context that is no URL': each => { each['@context'][1] = 'https ://x/contexts/v1'; },
    'a context that is a number': each => { each['@context'][1] = 123192875; },
    'no type': each => { delete each.type; },
    'no proof': each => { delete each.proof; },
    'credential without type': each => { delete each.verifiableCredential[0].type; },
    'credential as text': each => { each.verifiableCredential = 'did:example:credential'; },
    'holder without id': each => { each.holder = {name: 'x'}; },
  };
  for (const [name, change] of Object.entries(altered)) {
    await present(`presented, ${name}`, false, {holder, verifiableCredential: own}, each => {
      change(each);
      return each;
    });
  }
  return made;
};
main(...process.argv.slice(2)).then(said => console.log(JSON.stringify(said)),
  error => { console.error(error); process.exit(1); });
