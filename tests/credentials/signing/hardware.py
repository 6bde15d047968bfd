"""A token of SoftHSM2 in a folder: PKCS#11 as hardware speaks it, without hardware."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

MODULE = next(
    (str(path) for path in Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")),
    "/usr/lib/softhsm/libsofthsm2.so",
)
PIN = "987654"
LABEL = "so-goc"


@cache
def token() -> dict[str, str]:
    """Make the token of this process; return what a key's locator says of it but the key.

    There is one: the library reads where its tokens are when it is loaded.
    """
    folder = Path(tempfile.mkdtemp(prefix="sogoc-softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin",
         "12345678"],
        check=True, capture_output=True, env={**os.environ},
    )  # fmt: skip
    return {"module": MODULE, "token": LABEL}


def new_key(place: dict[str, str], label: str, *, kind: str = "ec") -> bytes:
    """Make a key pair (`ec`, `rsa`, `ed25519`) on the token; return the public key in DER."""
    import pkcs11
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
    from pkcs11.util.rsa import encode_rsa_public_key

    with _session(place) as session:
        if kind == "rsa":
            public, _ = session.generate_keypair(pkcs11.KeyType.RSA, 2048, store=True, label=label)
            from cryptography.hazmat.primitives.serialization import (
                Encoding,
                PublicFormat,
                load_der_public_key,
            )

            key = load_der_public_key(_spki(encode_rsa_public_key(public)))
            return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if kind == "ed25519":
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC_EDWARDS,
                {pkcs11.Attribute.EC_PARAMS: b"\x13\x0cedwards25519"},
                local=True,
            )
            public, _ = parameters.generate_keypair(
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label
            )
            return bytes(public[pkcs11.Attribute.EC_POINT])[2:]
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )
        public, _ = parameters.generate_keypair(store=True, label=label)
        return bytes(encode_ec_public_key(public))


def _session(place: dict[str, str]) -> Any:
    """Log in, unless the program under test has: a process is logged in as a whole."""
    import pkcs11

    slot = pkcs11.lib(place["module"]).get_token(token_label=place["token"])
    try:
        return slot.open(user_pin=PIN, rw=True)
    except pkcs11.UserAlreadyLoggedIn:
        return slot.open(rw=True)


def _spki(rsa_public: bytes) -> bytes:
    """Wrap an RSAPublicKey as SubjectPublicKeyInfo."""
    from sogoc.kernel import der

    algorithm = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.NULL)
    return der.sequence(algorithm, der.tlv(0x03, b"\0" + rsa_public))
