"""The bytes a token binds are frozen: another form is another binding of every batch underway."""

from sogoc.credentials.issuing.binding import binding_hash

ACT = {"kind": "cc_cntt_co_ban", "issuer": "tt", "rows": 1}
ROW = {"full_name": "H'Len Mlô", "birth_date": "2001-02-03", "level": 3}


def test_binding_of_a_known_batch_does_not_change() -> None:
    assert binding_hash(ACT, [(1, "Danh sách", 8, ROW)]).hex() == (
        "6ddddf242c4e4eb66b487bff87db44fb3d1fcf1734e0bfe365e192064411d556"
    )


def test_any_change_of_act_or_row_gives_another_binding() -> None:
    base = binding_hash(ACT, [(1, "S", 8, ROW)])
    others = [
        binding_hash({**ACT, "issuer": "so"}, [(1, "S", 8, ROW)]),
        binding_hash(ACT, [(2, "S", 8, ROW)]),
        binding_hash(ACT, [(1, "S", 9, ROW)]),
        binding_hash(ACT, [(1, "S", 8, {**ROW, "full_name": "H'Len Mlo"})]),
        binding_hash(ACT, [(1, "S", 8, ROW), (2, "S", 9, ROW)]),
        binding_hash(ACT, []),
    ]
    assert base not in others
    assert len(set(others)) == len(others)


def test_what_a_supplement_says_is_bound_too() -> None:
    digests = {
        binding_hash(ACT, [(1, "S", 8, {**ROW, **more})])
        for more in ({}, {"supplement": '{"a": "1"}'}, {"supplement": '{"a": "2"}'})
    }
    assert len(digests) == 3


def test_fields_that_lists_were_given_later_are_bound_too() -> None:
    digests = {
        binding_hash(ACT, [(1, "S", 8, {**ROW, **more})])
        for more in (
            {},
            {"specialty": "Kế toán"},
            {"graduation_year": "Kế toán"},
            {"supplement": '{"specialty": "Kế toán"}'},
        )
    }
    assert len(digests) == 4
