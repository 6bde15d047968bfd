from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sogoc.kernel.checkpoint import Checkpoint
from sogoc.kernel.cosignature import Algorithm, CosignerKey, CosignerSecret, NotCosignedError
from sogoc.kernel.log_policy import Policy, PolicyError, QuorumError
from sogoc.kernel.notes import Signature, SignerKey, VerifierKey, add_signatures, sign_note

LOG = SignerKey("log.example/2026", bytes(range(32)))
BODY = Checkpoint(LOG.name, 7, hashlib.sha256(b"root").digest()).body()
NOTE = sign_note(BODY, LOG.name, LOG.private_key)
WITNESSES = {
    name: CosignerSecret(f"{name}.example", Algorithm.ED25519, bytes([number]) * 32)
    for number, name in enumerate(("X1", "X2", "X3", "Y1", "Y2", "Y3"), 1)
}
KEYS = {name: str(secret.verifier) for name, secret in WITNESSES.items()}
POLICY = f"""# of the specification
log {LOG.verifier}

witness X1 {KEYS["X1"]}
witness X2 {KEYS["X2"]}
witness X3 {KEYS["X3"]}
group X-witnesses 2 X1 X2 X3

witness Y1 {KEYS["Y1"]}
witness Y2 {KEYS["Y2"]}
witness Y3 {KEYS["Y3"]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def cosigned(*names: str, note: str = NOTE) -> str:
    return add_signatures(note, [WITNESSES[name].cosign(BODY, 5) for name in names])


def problems(text: str | bytes) -> list[tuple[int, str]]:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    return [(each.line, each.message.en) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("names", "groups", "is_met"),
    [
        ("X1 X2 Y3", ["X-witnesses", "Y-witnesses", "X-and-Y"], True),
        ("X1 X2 X3 Y1 Y2 Y3", ["X-witnesses", "Y-witnesses", "X-and-Y"], True),
        ("X1 X2 X3", ["X-witnesses"], False),
        ("X1 Y1 Y2 Y3", ["Y-witnesses"], False),
        ("X1 X2", ["X-witnesses"], False),
        ("Y1", ["Y-witnesses"], False),
        ("", [], False),
    ],
)
def test_the_policy_of_the_specification(names: str, groups: list[str], is_met: bool) -> None:
    policy = Policy.parse(POLICY)
    note = cosigned(*names.split())
    verdict = policy.judge(note)
    assert list(verdict.witnesses) == names.split()
    assert list(verdict.groups) == groups
    assert verdict.is_met is is_met
    if is_met:
        assert policy.verify(note) == verdict
    else:
        with pytest.raises(QuorumError) as caught:
            policy.verify(note)
        assert caught.value.context["witnesses"] == names.split()


def test_one_witness_signing_many_times_is_one() -> None:
    lines = [WITNESSES["X1"].cosign(BODY, at) for at in range(1, 12)]
    note = add_signatures(cosigned("Y1"), lines)
    verdict = Policy.parse(POLICY).judge(note)
    assert verdict.witnesses == ("X1", "Y1")
    assert not verdict.is_met


def test_one_witness_under_the_names_of_others_is_nobody() -> None:
    """The Ed25519 message does not hold the name: the key id must tell."""
    raw = WITNESSES["X1"].cosign(BODY, 5).signature
    as_others = [
        Signature(secret.name, WITNESSES["X1"].verifier.id, raw)
        for name, secret in WITNESSES.items()
        if name != "X1"
    ]
    verdict = Policy.parse(POLICY).judge(add_signatures(NOTE, as_others))
    assert verdict.witnesses == ()
    with_their_ids = [
        Signature(secret.name, secret.verifier.id, raw)
        for name, secret in WITNESSES.items()
        if name != "X1"
    ]
    with pytest.raises(NotCosignedError):
        Policy.parse(POLICY).judge(add_signatures(NOTE, with_their_ids))


def test_one_key_under_two_names_is_refused() -> None:
    renamed = CosignerKey("Z.example", Algorithm.ED25519, WITNESSES["X1"].verifier.public_key)
    text = POLICY.replace(KEYS["X2"], str(renamed))
    assert problems(text) == [(5, "This key is on a line above already.")]


def test_a_log_is_not_its_own_witness() -> None:
    own = CosignerKey(LOG.name, Algorithm.ED25519, LOG.verifier.public_key)
    text = POLICY.replace(KEYS["X2"], str(own))
    assert problems(text) == [(5, "One key cannot be a log's and a witness's.")]
    upwards = f"witness w {own}\nlog {LOG.verifier}\nquorum w\n"
    assert problems(upwards) == [(2, "One key cannot be a log's and a witness's.")]


def test_the_checkpoint_of_a_log_that_is_not_listed_is_refused() -> None:
    other = SignerKey("other.example", bytes(32))
    body = Checkpoint(other.name, 7, bytes(32)).body()
    with pytest.raises(NotCosignedError):
        Policy.parse(POLICY).judge(sign_note(body, other.name, other.private_key))
    # Nor may a listed log sign in the name of another.
    with pytest.raises(NotCosignedError):
        Policy.parse(POLICY).judge(sign_note(body, LOG.name, LOG.private_key))


def test_a_policy_without_logs_takes_the_log_from_its_reader() -> None:
    policy = Policy.parse("quorum none\n")
    with pytest.raises(NotCosignedError):
        policy.verify(NOTE)
    assert policy.verify(NOTE, log_keys=[LOG.verifier]).is_met


def test_a_witness_alone_may_be_the_quorum_and_of_ml_dsa_44() -> None:
    secret = CosignerSecret("pq.example", Algorithm.ML_DSA_44, bytes(32))
    policy = Policy.parse(f"log {LOG.verifier}\nwitness pq {secret.verifier}\nquorum pq\n")
    assert not policy.judge(NOTE).is_met
    assert policy.judge(add_signatures(NOTE, [secret.cosign(BODY, 5)])).is_met


def test_both_keys_of_one_institution_count_once() -> None:
    pq = CosignerSecret("X1.example", Algorithm.ML_DSA_44, bytes(32))
    policy = Policy.parse(
        f"log {LOG.verifier}\nwitness X1 {KEYS['X1']}\nwitness X1-pq {pq.verifier}\n"
        f"witness Y1 {KEYS['Y1']}\ngroup X any X1 X1-pq\ngroup two 2 X Y1\nquorum two\n"
    )
    note = add_signatures(cosigned("X1"), [pq.cosign(BODY, 5)])
    assert not policy.judge(note).is_met
    assert policy.judge(cosigned("Y1", note=note)).is_met


def test_white_space_comments_and_addresses() -> None:
    text = (
        f"\n# comment\n\t # another\n\twitness \t w1  {KEYS['X1']}   https://w1.example/  \n"
        f"\nlog {LOG.verifier} https://log.example/\n  quorum\tw1"
    )
    policy = Policy.parse(text)
    assert policy.witnesses[0].url == "https://w1.example/"
    assert policy.logs[0].url == "https://log.example/"
    assert Policy.parse(str(policy)) == policy


def test_names_are_opaque_octets_and_keywords_but_none_are_names() -> None:
    raw = f"witness K\u212a {KEYS['X1']}\n".encode() + b"witness \x80w " + KEYS["X2"].encode()
    policy = Policy.parse(raw + b"\ngroup all 2 K\xe2\x84\xaa \x80w\nquorum all\n")
    assert [each.name.encode(errors="surrogateescape") for each in policy.witnesses] == [
        b"K\xe2\x84\xaa",
        b"\x80w",
    ]
    assert Policy.parse(str(policy)) == policy
    assert problems(f"witness K {KEYS['X1']}\nquorum \u212a\n") == [
        (2, "“\u212a” is not defined on any line above.")
    ]


def test_published_keys_of_witnesses_make_a_policy(cosignatures: Any) -> None:
    lines = []
    for name, encoded in cosignatures["policy_keys"].items():
        public = base64.b64decode(encoded)[1:]
        lines.append(f"witness {name} {CosignerKey(name, Algorithm.ED25519, public)}\n")
        plain = VerifierKey(name, public)
        assert problems(f"witness {name} {plain}\nquorum {name}\n") == [
            (1, "The witness's key is malformed or not a cosigner's.")
        ]
    policy = Policy.parse(
        "".join(lines) + "group inner any Wit2 Wit3\ngroup outer all Wit1 inner\nquorum outer\n"
    )
    assert policy.is_met_by({"Wit1", "Wit3"})
    assert not policy.is_met_by({"Wit1"})
    assert not policy.is_met_by({"Wit2", "Wit3"})


W1, W2 = f"witness w1 {KEYS['X1']}\n", f"witness w2 {KEYS['X2']}\n"
LOG_LINE = f"log {LOG.verifier}\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("quorum none\n\x01", 2, "not allowed"),
        ("quorum none\r\n", 1, "not allowed"),
        ("quorum none\x7f\n", 1, "not allowed"),
        ("quibble w1\nquorum none\n", 1, "Unknown keyword"),
        (W1[:-1] + " https://w1.example/ # comment\nquorum w1\n", 1, "A witness line is"),
        ("log\nquorum none\n", 1, "A log line is"),
        ("log garbage\nquorum none\n", 1, "The log's key"),
        (f"log {KEYS['X1']}\nquorum none\n", 1, "The log's key"),
        (LOG_LINE + LOG_LINE + "quorum none\n", 2, "on a line above already"),
        ("witness w1\nquorum none\n", 1, "A witness line is"),
        (f"witness w1 {LOG.verifier}\nquorum w1\n", 1, "not a cosigner's"),
        (W1.replace("w1", "none", 1) + "quorum none\n", 1, "reserved"),
        (W1 + W2.replace("w2", "w1", 1) + "quorum w1\n", 2, "is taken"),
        (W1 + "group w1 any w1\nquorum w1\n", 2, "is taken"),
        (W1 + "group g 1\nquorum w1\n", 2, "A group line is"),
        (W1 + "group none any w1\nquorum none\n", 2, "reserved"),
        (W1 + "group g 0 w1\nquorum g\n", 2, "from 1 to 1"),
        (W1 + "group g -1 w1\nquorum g\n", 2, "from 1 to 1"),
        (W1 + "group g 01 w1\nquorum g\n", 2, "from 1 to 1"),
        (W1 + "group g 2 w1\nquorum g\n", 2, "from 1 to 1"),
        (W1 + "group g any w2\nquorum g\n", 2, "not defined"),
        ("group g any w1\n" + W1 + "quorum g\n", 1, "not defined"),
        (W1 + "group g any g\nquorum g\n", 2, "not defined"),
        (W1 + "group g any none w1\nquorum g\n", 2, "not defined"),
        (W1 + "group g all w1 w1\nquorum g\n", 2, "member of a group already"),
        (W1 + W2 + "group g any w1 w2\ngroup h any w1\nquorum g\n", 4, "member of a group"),
        (W1, 0, "exactly one quorum"),
        (W1 + "quorum w1\nquorum w1\n", 0, "exactly one quorum"),
        ("", 0, "exactly one quorum"),
        ("quorum unknown\n", 1, "not defined"),
        ("quorum w1\n" + W1, 1, "not defined"),
        ("quorum\n", 1, "A quorum line is"),
        ("quorum none none\n", 1, "A quorum line is"),
    ],
)
def test_what_a_policy_may_not_say(text: str, line: int, message: str) -> None:
    found = problems(text)
    assert any(at == line and message in said for at, said in found), found


def test_all_problems_are_named_at_once() -> None:
    found = problems("log x\nwitness none y\nnonsense\ngroup g 3 a b\nquorum q\nquorum q\n")
    assert [line for line, _ in found] == [1, 2, 2, 3, 4, 4, 4, 5, 6, 0]


names = st.lists(st.sampled_from(list(WITNESSES)), unique=True)


@settings(deadline=None)
@given(names, names)
def test_more_witnesses_never_break_a_quorum(some: list[str], more: list[str]) -> None:
    policy = Policy.parse(POLICY)
    x = sum(name[0] == "X" for name in some)
    assert policy.is_met_by(some) is (x >= 2 and x < len(some))
    if policy.is_met_by(some):
        assert policy.is_met_by({*some, *more})


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes | str) -> None:
    policy = None
    with suppress(PolicyError):
        policy = Policy.parse(raw)
    assert policy is None or Policy.parse(str(policy)) == policy
