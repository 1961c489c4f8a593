"""Facts as JSON: what the policy shows is read, written back alike, and what is malformed is told where."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from domain.documents import BadRecord, document_from_json, fact_from_json, to_json
from domain.facts import Fact, Symptom
from domain.verdict import RiskArea, World
from tests.domain import telling as t
from tests.domain.lives import lives

AT = "2020-03-02T09:00:00+08:00"
SHOWN: dict[str, Any] = {
    "at": "2020-03-20T10:00:00+08:00",
    "facts": [
        {"id": "d1", "kind": "declaration", "at": AT, "by": "self", "temperature": "36.5", "symptoms": [],
         "contact_on": None, "isolation": None, "risk_area_on": None},
        {"id": "r1", "kind": "report", "at": AT, "by": "self", "temperature": "36.4", "symptoms": ["dry_cough"]},
        {"id": "g1", "kind": "report", "at": AT, "by": "gate", "taken": AT, "temperature": "37.6", "symptoms": []},
        {"id": "e1", "kind": "exposure", "at": AT, "by": "self", "contact_on": "2020-03-09", "risk_area_on": None,
         "isolation": None, "stays": [{"place": "武汉", "last_on": "2020-03-01"}]},
        {"id": "p1", "kind": "upstream", "at": AT, "colour": "yellow"},
        {"id": "u1", "kind": "undo", "at": AT, "of": "r1"},
        {"id": "c1", "kind": "case", "at": AT, "case": "confirmed", "since": "2020-03-02"},
        {"id": "h1", "kind": "cured", "at": AT, "on": "2020-03-20"},
        {"id": "x1", "kind": "contact", "at": AT, "exposed_on": "2020-03-01",
         "isolation": {"mode": "home", "from": "2020-03-02"}},
        {"id": "k1", "kind": "recheck", "at": AT, "by": "worker"},
        {"id": "a1", "kind": "attest", "at": AT, "by": "worker", "day": "2020-03-10", "reason": "电话核实"},
        {"id": "o1", "kind": "outage", "at": AT, "day": "2020-03-11"},
        {"id": "w1", "kind": "withdraw", "at": AT, "of": "c1", "reason": "同名"},
        {"id": "v1", "kind": "review", "at": AT, "by": "worker", "of": "r1", "temperature": "36.6", "reason": "上门"},
    ],
    "world": {"outages": ["2020-03-05"], "risk_areas": [{"name": "武汉市", "since": "2020-01-23"}],
              "ends_on": "2020-12-31"},
}  # fmt: skip
PLACE = {fact["id"]: index for index, fact in enumerate(SHOWN["facts"])}


def run(text: str | bytes) -> subprocess.CompletedProcess[str]:
    given = text if isinstance(text, bytes) else text.encode()
    done = subprocess.run([sys.executable, "-m", "domain.judge"], input=given, capture_output=True, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def changed(fact: str, **fields: object) -> dict[str, Any]:
    document = copy.deepcopy(SHOWN)
    document["facts"][PLACE[fact]].update(fields)
    return document


def without(fact: str, field: str) -> dict[str, Any]:
    document = copy.deepcopy(SHOWN)
    del document["facts"][PLACE[fact]][field]
    return document


def test_every_kind_of_fact_is_read_and_written_back_alike() -> None:
    document = document_from_json(SHOWN)
    assert len(document.history.facts) == len(SHOWN["facts"]) == len({fact["kind"] for fact in SHOWN["facts"]}) + 1
    assert [fact_from_json(json.loads(json.dumps(to_json(fact)))) for fact in document.history.facts] == list(
        document.history.facts
    )
    assert document.world == World(frozenset({t.day(3)}), (RiskArea("武汉市", t.day(-39)),), document.world.ends_on)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(lives(0, 40))
def test_a_fact_survives_json(facts: list[Fact]) -> None:
    assert [fact_from_json(json.loads(json.dumps(to_json(fact)))) for fact in facts] == facts


@pytest.mark.parametrize(("given", "read"), [("36.5", "36.5"), ("36", "36"), ("36.50", "36.50")])
def test_temperatures_are_decimals(given: str, read: str) -> None:
    assert to_json(fact_from_json(SHOWN["facts"][0] | {"temperature": given}))["temperature"] == read


def test_fields_that_may_be_empty_may_be_left_out_and_others_are_ignored() -> None:
    bare = {"id": "d1", "kind": "declaration", "at": AT, "by": "self", "temperature": "36.5"}
    assert fact_from_json(bare | {"venue": "银川站", "staff": 7}) == fact_from_json(SHOWN["facts"][0])


def test_one_id_may_be_given_twice_only_for_one_fact() -> None:
    same = copy.deepcopy(SHOWN)
    same["facts"].append(SHOWN["facts"][0] | {"at": "2020-03-02T01:00:00Z", "temperature": "36.50", "note": "again"})
    assert document_from_json(same).history == document_from_json(SHOWN).history


BAD: list[tuple[str, Callable[[], object]]] = [
    ("facts[8].isolation.from", lambda: changed("x1", isolation={"mode": "home"})),
    ("facts[8].isolation.from", lambda: changed("x1", isolation={"mode": "home", "from": "2020-3-2"})),
    ("facts[8].isolation.from", lambda: changed("x1", isolation={"mode": "home", "from": "2020-W10-1"})),
    ("facts[8].isolation.mode", lambda: changed("x1", isolation={"mode": "hotel", "from": "2020-03-02"})),
    ("facts[8].isolation", lambda: changed("x1", isolation="home")),
    ("facts[0].temperature", lambda: changed("d1", temperature="NaN")),
    ("facts[0].temperature", lambda: changed("d1", temperature="Infinity")),
    ("facts[0].temperature", lambda: changed("d1", temperature="3.65")),
    ("facts[0].temperature", lambda: changed("d1", temperature="365")),
    ("facts[0].temperature", lambda: changed("d1", temperature="３６.５")),
    ("facts[0].temperature", lambda: changed("d1", temperature="3_6")),
    ("facts[0].temperature", lambda: changed("d1", temperature=" 36.5")),
    ("facts[0].temperature", lambda: changed("d1", temperature=36.5)),
    ("facts[0].temperature", lambda: changed("d1", temperature=True)),
    ("facts[0].temperature", lambda: changed("d1", temperature=None)),
    ("facts[0].temperature", lambda: without("d1", "temperature")),
    ("facts[0].at", lambda: changed("d1", at="2020-03-02T09:00:00")),
    ("facts[0].at", lambda: changed("d1", at="gestern")),
    ("facts[0].at", lambda: changed("d1", at="9999-12-31T23:59:59-12:00")),
    ("facts[0].at", lambda: changed("d1", at=1583110800)),
    ("facts[0].by", lambda: changed("d1", by="mayor")),
    ("facts[0].kind", lambda: changed("d1", kind="rumour")),
    ("facts[0].kind", lambda: without("d1", "kind")),
    ("facts[0].id", lambda: changed("d1", id="")),
    ("facts[0].id", lambda: changed("d1", id=1)),
    ("facts[1].id", lambda: changed("r1", id="d1")),
    ("facts[1].symptoms[0]", lambda: changed("r1", symptoms=["courage"])),
    ("facts[1].symptoms", lambda: changed("r1", symptoms="dry_cough")),
    ("facts[3].contact_on", lambda: changed("e1", contact_on="2020-02-30")),
    ("facts[3].stays[0].last_on", lambda: changed("e1", stays=[{"place": "武汉"}])),
    ("facts[4].colour", lambda: changed("p1", colour="purple")),
    ("facts[5].of", lambda: without("u1", "of")),
    ("facts[6].case", lambda: changed("c1", case="maybe")),
    ("facts[6].since", lambda: without("c1", "since")),
    ("facts[7].on", lambda: changed("h1", on=None)),
    ("facts[8].exposed_on", lambda: without("x1", "exposed_on")),
    ("facts[10].day", lambda: changed("a1", day="0000-01-01")),
    ("facts[1]", lambda: SHOWN | {"facts": [SHOWN["facts"][0], "r1"]}),
    ("facts", lambda: SHOWN | {"facts": {}}),
    ("facts", lambda: {"at": AT}),
    ("at", lambda: {"facts": []}),
    ("world.outages[0]", lambda: SHOWN | {"world": {"outages": ["heute"]}}),
    ("world.risk_areas[0].name", lambda: SHOWN | {"world": {"risk_areas": [{"since": "2020-01-23"}]}}),
    ("normal.2020-03-01", lambda: SHOWN | {"normal": {"2020-03-01": 99}}),
]


@pytest.mark.parametrize(("path", "document"), BAD, ids=[f"{n} {path}" for n, (path, _) in enumerate(BAD)])
def test_a_malformed_document_is_told_where(path: str, document: Callable[[], object]) -> None:
    with pytest.raises(BadRecord) as caught:
        document_from_json(document())
    assert caught.value.path == path


def test_the_command_judges_a_document_and_an_array() -> None:
    shown = {"colour": "red", "clauses": ["附件四(一)4"], "since": "2020-03-02", "until": None, "progress": None}
    facts = [fact for fact in SHOWN["facts"] if fact["kind"] in ("declaration", "case")]
    document = {"at": "2020-03-20T10:00:00+08:00", "facts": facts}
    one, several, none = run(json.dumps(document)), run(json.dumps([document, SHOWN])), run("[]")
    assert json.loads(one.stdout) == shown | {"notice": "宁疫指办发〔2020〕66号"}
    assert json.loads(several.stdout)[0] == json.loads(one.stdout)
    assert len(json.loads(several.stdout)) == 2
    assert json.loads(none.stdout) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps([SHOWN, changed("x1", isolation={"mode": "home"})]), "[1].facts[8].isolation.from: missing"),
        (json.dumps(changed("d1", temperature=float("nan"))), "facts[0].temperature: "),
        (json.dumps(changed("d1", temperature=float("-inf"))), "facts[0].temperature: "),
        ("", "not JSON"),
        ("{", "not JSON"),
        ("3", "not an object"),
        ("[" * 100_000, "not JSON"),
        (b"\xff\xfe{", "not JSON"),
        ('{"at": 1' + "0" * 5000 + "}", ""),
    ],
    ids=[
        "path in an array",
        "NaN",
        "Infinity",
        "nothing",
        "half",
        "number",
        "too deep",
        "not UTF-8",
        "too long a number",
    ],
)
def test_the_command_names_what_is_malformed(text: str | bytes, said: str) -> None:
    done = run(text)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_the_command_takes_a_temperature_that_is_a_json_number_as_it_is_written() -> None:
    text = json.dumps({"at": AT, "facts": SHOWN["facts"][:1]})
    assert json.loads(run(text.replace('"36.5"', "37.3")).stdout)["colour"] == "yellow"
    assert json.loads(run(text.replace('"36.5"', "37.29")).stdout)["colour"] == "green"


def test_symptoms_are_written_in_the_order_of_the_question() -> None:
    fact = t.report(1, "36.5", Symptom.FATIGUE, Symptom.FEVER)
    assert to_json(fact)["symptoms"] == ["fever", "fatigue"]
