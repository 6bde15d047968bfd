"""Keys, signatures of persons and seals of bodies: the only door of this applet."""

from sogoc.credentials.issuers.api import PIN_FILE
from sogoc.credentials.signing.credential_signing import (
    SignedCredential,
    count_credentials,
    credential_signature,
    signed_credentials,
)
from sogoc.credentials.signing.demo_ca import DemoAuthority
from sogoc.credentials.signing.errors import KeyRefused, StampRefused, TokenRefused, UnknownKey
from sogoc.credentials.signing.keys import (
    KeyView,
    Signed,
    body_of,
    end_key,
    known_key,
    list_keys,
    lost_signatures,
    no_key,
    record_key,
    require_serving,
    rotate_demo_key,
    serving_key,
    signed_by,
)
from sogoc.credentials.signing.models import PausedPaper, SigningKey
from sogoc.credentials.signing.pauses import (
    is_in_a_pause,
    keys_of_pause,
    pause_paper,
    paused_papers,
)
from sogoc.credentials.signing.providers import FILE_WARNING, key_elsewhere
from sogoc.credentials.signing.requests import (
    Made,
    Prepared,
    ToPrepare,
    Waiting,
    accept,
    cms_signer,
    made_for,
    prepare,
    prepare_raw,
    sign,
    to_sign,
    waiting,
)
from sogoc.credentials.signing.stamping import DemoStamper, HttpStamper, Stamper, stamper_of
from sogoc.credentials.signing.trust import paper_trust, trust_part

__all__ = [
    "FILE_WARNING",
    "PIN_FILE",
    "DemoAuthority",
    "DemoStamper",
    "HttpStamper",
    "KeyRefused",
    "KeyView",
    "Made",
    "PausedPaper",
    "Prepared",
    "Signed",
    "SignedCredential",
    "SigningKey",
    "StampRefused",
    "Stamper",
    "ToPrepare",
    "TokenRefused",
    "UnknownKey",
    "Waiting",
    "accept",
    "body_of",
    "cms_signer",
    "count_credentials",
    "credential_signature",
    "end_key",
    "is_in_a_pause",
    "key_elsewhere",
    "keys_of_pause",
    "known_key",
    "list_keys",
    "lost_signatures",
    "made_for",
    "no_key",
    "paper_trust",
    "pause_paper",
    "paused_papers",
    "prepare",
    "prepare_raw",
    "record_key",
    "require_serving",
    "rotate_demo_key",
    "serving_key",
    "sign",
    "signed_by",
    "signed_credentials",
    "stamper_of",
    "to_sign",
    "trust_part",
    "waiting",
]
