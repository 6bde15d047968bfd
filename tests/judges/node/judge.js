// judge.js VKEY PROOF ENTRY: check a C2SP tlog-proof of one entry with @sigstore/verify. What is
// here reads the files and puts the proof into a Sigstore bundle; that library verifies its
// inclusion proof and its checkpoint under the log's key.
"use strict";
const { readFileSync } = require("node:fs");
const { bundleFromJSON } = require("@sigstore/bundle");
const { TrustedRoot } = require("@sigstore/protobuf-specs");
const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");

const SPKI_ED25519 = Buffer.from("302a300506032b6570032100", "hex");

// What a verifier key says: its name, its id, its public key.
function readKey(text) {
  const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)\s*$/.exec(text);
  const bytes = Buffer.from(key, "base64");
  if (bytes[0] !== 1) throw new Error("not an Ed25519 key");
  return { name, id: Buffer.from(id, "hex"), key: bytes.subarray(1) };
}

// The parts of a tlog-proof; of its checkpoint only the line of the log's Ed25519 key, not those of
// witnesses nor the log's own ML-DSA-44 one: this library wants to know every key that has signed.
function readProof(text, key) {
  const end = text.indexOf("\n\n");
  const [head, ...lines] = text.slice(0, end).split("\n");
  if (head !== "c2sp.org/tlog-proof@v1") throw new Error("not a tlog-proof");
  const at = lines.findIndex((line) => line.startsWith("index "));
  const signed = text.slice(end + 2);
  const cut = signed.indexOf("\n\n") + 2;
  const own = signed
    .slice(cut)
    .split("\n")
    .filter((line) => {
      const [mark, name, value] = line.split(" ");
      if (mark !== "\u2014" || name !== key.name) return false;
      return Buffer.from(value, "base64").subarray(0, 4).equals(key.id);
    });
  const [origin, size, root] = signed.split("\n");
  if (origin !== key.name) throw new Error(`a checkpoint of ${origin}`);
  return {
    index: lines[at].slice("index ".length),
    hashes: lines.slice(at + 1),
    note: `${signed.slice(0, cut)}${own.map((line) => `${line}\n`).join("")}`,
    size,
    root,
  };
}

// A Sigstore bundle with the proof as its entry of a transparency log. Bundles are about an
// artefact that somebody signed; ours has none, and of the bundle only the log's part is verified.
function toBundle(proof, entry, id) {
  const nothing = Buffer.from([0]).toString("base64");
  return bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: nothing },
      signature: nothing,
    },
    verificationMaterial: {
      publicKey: { hint: "none" },
      tlogEntries: [
        {
          logIndex: proof.index,
          logId: { keyId: id.toString("base64") },
          kindVersion: { kind: "sogoc", version: "1" },
          integratedTime: "0",
          inclusionProof: {
            logIndex: proof.index,
            treeSize: proof.size,
            rootHash: proof.root,
            hashes: proof.hashes,
            checkpoint: { envelope: proof.note },
          },
          canonicalizedBody: entry.toString("base64"),
        },
      ],
    },
  });
}

function trusting(key) {
  const rawBytes = Buffer.concat([SPKI_ED25519, key.key]).toString("base64");
  const log = {
    hashAlgorithm: "SHA2_256",
    logId: { keyId: key.id.toString("base64") },
    publicKey: { rawBytes, keyDetails: "PKIX_ED25519" },
  };
  return toTrustMaterial(TrustedRoot.fromJSON({ tlogs: [log] }), {});
}

try {
  const [vkey, path, entry] = process.argv.slice(2).map((name) => readFileSync(name));
  const key = readKey(vkey.toString());
  const proof = readProof(path.toString(), key);
  const entity = toSignedEntity(toBundle(proof, entry, key.id));
  new Verifier(trusting(key)).verifyTimestamps(entity);
  console.log(`proof ${proof.index} of ${proof.size}`);
} catch (error) {
  console.log(`REFUSED: ${error.code ?? ""} ${error.message}`);
  process.exit(1);
}
