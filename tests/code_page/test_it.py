"""The addresses of the live code page: what is told, what is never told."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import redis
from PIL import Image

from bot.code_page.seals import Seals
from channel.code_looks import GREEN, GREY, RED, UNVERIFIED, YELLOW
from domain.facts import By, Contact, Declaration
from domain.people import Level
from flows.effects import AddCare
from store.keys import account_tag, pid_text
from tests.code_page.asking import told
from tests.code_page.conftest import ACT, Served
from tests.decoders import zxing_texts
from tests.stage import NOW, PHOENIX, commit, identity, pid_of
from worker.decisions.recording import record

# --- what is told ----------------------------------------------------------------------------------------------------


def test_it_tells_a_code_that_scans_as_what_it_says(served: Served) -> None:
    person = told(served.resident().client().get("/code/now"))
    shown = {name: person[name] for name in ("relation", "name", "colour", "word", "shape", "line")}
    assert shown == {
        "relation": "本人",
        "name": "王*1",
        "colour": "green",
        "word": "绿码",
        "shape": "circle",
        "line": "目前未发现已知风险",
    }
    png = base64.b64decode(str(person["qr"]).removeprefix("data:image/png;base64,"))
    (link,) = zxing_texts(Image.open(io.BytesIO(png)).convert("L").resize((488, 488), Image.Resampling.NEAREST))
    path = link.removeprefix(served.web)
    scanned = served.client().get(path)
    assert ("<h1>绿码</h1>" in scanned.text, "王*1" in scanned.text) == (True, True)


def test_it_speaks_to_whoever_chose_english_and_names_them_so(served: Served) -> None:
    resident = served.resident()
    resident.says("English")
    person = told(resident.client().get("/code/now"))
    assert (person["relation"], person["word"]) == ("self", "GREEN (绿码)")
    assert 'aria-label="Health code of self' in resident.client().get("/code").text


def test_it_tells_a_carer_of_a_relative_what_the_chat_does_and_no_more(served: Served) -> None:
    carer, child = served.resident(), identity(7)
    fact = Declaration(id="d7", at=served.now(), by=By.CARER, temperature=Decimal("36.6"))
    effect = AddCare(identity=child, relation="乐乐", at=served.now(), asker="王*", community=PHOENIX, fact=fact)
    commit(served.house.ctx, carer.openid, (pid_of(served.house.ctx, child), effect))
    served.house.settle()
    people = carer.client().get("/code/now").get_json()["people"]
    assert [person["relation"] for person in people] == ["本人", "乐乐"]
    pages = [carer.client().get(f"/code/record?part=1&who={person['id']}").text for person in people]
    heads = [re.findall("<h2>(.+?)</h2>", page) for page in pages]
    assert heads == [["打卡记录", "为什么是这个颜色", "谁看过我", "申诉"], ["打卡记录", "为什么是这个颜色"]]
    assert ("乐乐的健康码：待核实" in pages[1], "您" in pages[1]) == (True, False)


def test_it_signs_once_a_minute_and_says_nothing_new_in_between(served: Served) -> None:
    client = served.resident().client()
    first = client.get("/code/now")
    asked = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/code/now", headers=asked)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Looked-Up-At"] > first.headers["Looked-Up-At"]
    assert len(first.data) < 2_048
    served.pass_time(minutes=1)
    fresh = client.get("/code/now", headers=asked)
    assert fresh.status_code == 200
    assert told(fresh)["qr"] != told(first)["qr"]


def test_it_reads_the_database_once_for_a_look(served: Served, redis_client: redis.Redis) -> None:
    client = served.resident().client()

    def reads() -> int:
        stats = redis_client.info("commandstats")
        return sum(int(each["calls"]) for name, each in stats.items() if name in ("cmdstat_mget", "cmdstat_evalsha"))

    before = reads()
    assert client.get("/code/now").status_code == 200
    assert reads() - before == 1


def test_it_tells_no_colour_without_proof_and_no_health_of_anybody(served: Served) -> None:
    resident = served.resident(level=Level.UNVERIFIED)
    served.record(resident.pid, Contact(id="c1", at=served.now(), exposed_on=served.now().date()))
    client = resident.client()
    person = told(client.get("/code/now"))
    assert (person["colour"], person["word"], person["until"]) == ("unverified", "待核实", None)
    for page in (client.get("/code").text, client.get("/code/record").text, client.get("/code/now").text):
        assert "yellow" not in page.replace(".yellow", "")
        assert not re.search("黄码|密切接触|您很健康|身体健康", page)


def test_it_names_nobody_in_what_it_sends(served: Served) -> None:
    resident, who = served.resident(7), identity(7)
    client, stranger = resident.client(), served.client()
    answers = [client.get(path) for path in ("/code", "/code/now", "/code/record", "/code/record?part=1")]
    answers += [stranger.get("/code"), stranger.get(f"/code?k={served.seals.link(resident.openid, served.now())}")]
    secrets = [resident.openid, resident.openid[1:], account_tag(resident.openid), who.name, who.document.number]
    secrets += [who.phone, resident.pid.hex(), pid_text(resident.pid), base64.b64encode(resident.pid).decode()]
    for answer in answers:
        sent = answer.text + str(answer.headers)
        assert [secret for secret in secrets if secret in sent] == []
    assert all("k=" not in answer.headers.get("Location", "") for answer in answers)


def test_it_says_what_browsers_may_do_with_it(served: Served) -> None:
    client = served.resident().client()
    for path in ("/code", "/code/now", "/code/record", "/code/in", "/code?k=x"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert headers["X-Content-Type-Options"] == "nosniff"
    page = client.get("/code").text
    assert not re.search(r"<script(?![^>]*(src=|application/json))|\son\w+=|style=", page)
    for address in re.findall(r'"(code/files/[^"]+)"', page):
        assert client.get(f"/{address}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
        old = client.get(f"/code/files/000000000000/{address.rpartition('/')[2]}")
        assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get("/code/files/000000000000/code-worker.js").status_code == 404
    assert client.get("/code/worker.js").headers["Cache-Control"] == "no-cache"


def test_it_is_polite_when_an_account_cannot_be_read(served: Served, redis_client: redis.Redis) -> None:
    resident = served.resident()
    client = resident.client()
    redis_client.setrange(served.house.ctx.keys.account(resident.openid), 20, b"\0" * 20)
    page, look = client.get("/code"), client.get("/code/now")
    assert (page.status_code, look.status_code) == (503, 503)
    assert "不代表您的健康码有问题" in page.text


def test_it_escapes_what_others_wrote(served: Served) -> None:
    resident = served.resident()
    ctx = served.house.ctx
    (person,) = ctx.people.read([resident.pid]).values()
    evil = replace(ACT, organisation='<script>alert("1")</script>')
    case = Contact(id="c1", at=served.now(), exposed_on=served.now().date())
    assert ctx.people.write([record(person, case, evil, ctx.moment())]) == [True]
    served.house.settle()
    page = resident.client().get("/code/record").text
    assert "<script" not in page
    assert "〈script〉alert" in page


# --- what it is made of ----------------------------------------------------------------------------------------------


def test_the_page_has_the_colours_of_the_picture() -> None:
    css = (Path(__file__).parents[2] / "bot" / "static" / "code.css").read_text("utf-8")
    looks = {"green": GREEN, "grey": GREY, "yellow": YELLOW, "red": RED, "unverified": UNVERIFIED}
    for name, look in looks.items():
        frame, ink = ("#" + "".join(f"{part:02x}" for part in rgb) for rgb in (look.frame, look.on_frame))
        rule = f".{name} {{ --frame: {frame}; --on: {ink.replace('#ffffff', '#fff')}; }}"
        assert rule in css


def test_a_link_says_nothing_and_fits_a_message() -> None:
    seals = Seals(bytes(range(32)))
    link = seals.link("o" + "6" * 27, NOW)
    assert len(link) < 80
    assert link == seals.link("o" + "6" * 27, NOW.replace(second=59))
    assert seals.open_link(link, NOW) == "o" + "6" * 27
