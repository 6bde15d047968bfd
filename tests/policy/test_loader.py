"""The loader refuses law that contradicts itself, and names the content it read."""

from __future__ import annotations

from importlib import resources

import pytest

from sogoc.policy.api import LawDataError, load_law
from sogoc.policy.loader import FILES, build_law

TEXTS = {
    name: (resources.files("sogoc.policy") / "law" / f"{name}.yaml").read_text("utf-8")
    for name in FILES
}


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert old in TEXTS[file]
    return TEXTS | {file: TEXTS[file].replace(old, new, 1)}


def test_the_shipped_law_loads_once_and_has_a_name() -> None:
    law = load_law()
    assert law is load_law()
    prefix, month, digest = law.rule_set_id.split("-")
    assert (prefix, month, len(digest)) == ("vn", "2026.11", 12)


def test_comments_and_layout_do_not_change_the_rule_set_id() -> None:
    same = TEXTS | {"authority": "# a remark\n" + TEXTS["authority"].replace("{vi: ", "{ vi: ")}
    assert build_law(same).rule_set_id == load_law().rule_set_id


def test_a_value_changes_the_rule_set_id() -> None:
    other = build_law(changed("pass_marks", "percent: 50", "percent: 51"))
    assert other.rule_set_id != load_law().rule_set_id


BROKEN = [
    ("authority", "  rank: general\n", "  rank: general\n  mood: good\n", "unknown: mood"),
    ("authority", "  rank: general\n", "", "rank is missing"),
    ("authority", "  rank: general\n", "  rank: middling\n", "rank must be one of"),
    ("authority", "  rank: general\n", "  rank: general\n  rank: special\n", "twice"),
    ("authority", "  issuer_kinds: [phong_gddt, so_gddt]", "  issuer_kinds: []", "empty list"),
    ("authority", "  issuer_kinds: [phong_gddt, so_gddt]", "  issuer_kinds: [ai]", "capacity ai"),
    ("authority", "  kinds: [bang_thcs]", "  kinds: [bang_lop_ba]", "unknown kind"),
    ("authority", "  kinds: [bang_thcs]", "  kinds: [cc_so_cap]", "not a current kind"),
    ("authority", "  until: 2006-01-01", "  until: 1975-05-01", "not after from"),
    ("authority", "  until: 2006-01-01", "  until: 2006", "must be a date"),
    ("authority", "  until: 2015-10-23", "  until: 2015-10-24", "overlap"),
    ("authority", "  basis: [{instrument: TRUOC-2006}]", "  basis: []", "not empty"),
    ("authority", "{instrument: TRUOC-2006}", "{instrument: TT-99-2099}", "unknown instrument"),
    ("authority", "{instrument: TRUOC-2006}", "{instrument: TT-10-2026}", "never in force"),
    ("authority", "  confidence: found", "  confidence: recalled", "needs a note"),
    ("authority", "kinds: [cc_khac]", "kinds: [cc_tieng_dan_toc]", "no row for"),
    ("kinds", "synonyms: [thcs, ptcs,", "synonyms: [thcs, ptth,", "means both"),
    ("kinds", 'entry: "{seq:06}/{year}/THCS"', 'entry: "{year}/THCS"', "pattern"),
    ("capacities", "aliases: [so, so_gd, so_giao_duc]", "aliases: [so, so]", "twice"),
    ("instruments", "- {id: QD-33-2007,", "- {id: QD-52-2002,", "id twice"),
    ("titles", '  so_gddt: ["Giám đốc"]\n', "", "no head title for so_gddt"),
    ("pass_marks", "percent: 50", "percent: 0", "percent must be"),
    ("results", 'failed: ["kd",', 'failed: ["dat", "kd",', "means both"),
    ("custody", "acts: [reissue]", "acts: [issue]", "unknown acts"),
    ("endings", "issuer_kinds: [phong_gddt]", "issuer_kinds: []", "names neither"),
    ("deadlines", "unit: days,", "unit: moons,", "unit must be one of"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), BROKEN)
def test_refuses(file: str, old: str, new: str, says: str) -> None:
    with pytest.raises(LawDataError) as caught:
        build_law(changed(file, old, new))
    assert says in str(caught.value.context["detail"])


def test_refuses_a_missing_file() -> None:
    with pytest.raises(LawDataError):
        build_law({name: text for name, text in TEXTS.items() if name != "custody"})


def test_refuses_what_is_no_mapping() -> None:
    with pytest.raises(LawDataError):
        build_law(TEXTS | {"custody": "- a\n- b\n"})
    with pytest.raises(LawDataError):
        build_law(TEXTS | {"custody": "a: [b"})
