"""Who may show a code: text-message codes, the identity service, one document on two phones."""

from __future__ import annotations

from dataclasses import replace

from tests.e2e.house import House
from tests.e2e.resident import move_in


def test_a_wrong_code_is_asked_again_and_the_right_one_is_taken(house: House) -> None:
    resident = move_in(house)
    resident.follow()
    resident.say("同意")
    resident.say(resident.name)
    resident.say(resident.document)
    resident.say(resident.number)
    right = resident.sms_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert "验证码不对，还可以试 4 次" in resident.say(wrong)
    assert "请写出详细住址" in resident.say(right)


def test_a_document_on_two_phones_is_contested_until_a_worker_has_seen_it(house: House) -> None:
    holder = move_in(house)
    old = holder.declare()
    claimant = replace(move_in(house, "王芳"), document=holder.document)
    asked = holder.newest(), claimant.newest()
    claimant.follow()
    claimant.say("同意")
    claimant.answer_everything()
    assert "另一个微信号" in claimant.told_after(asked[1])[0]
    assert "另一个微信号用您的证件" in holder.told_after(asked[0])[0]
    assert "已经在另一个微信号上申报过" in claimant.say("健康码")
    assert holder.look().media_id == old.media_id

    before = claimant.newest()
    worker = house.appoint("li.qiang", "community_worker", "6401", "凤凰社区")
    seen = {"document": {"number": holder.document}, "reason": "看过证件", "account": claimant.openid}
    house.operate("order", "confirm", "--as", worker, given=seen)
    told, line = claimant.told_after(before)
    assert "已经确认您的身份" in told
    new = claimant.picture_after(line)
    assert (new.word, house.check(new.link).word) == ("绿码", "绿码")
    assert "还没有健康申报" in holder.say("健康码")


def test_who_the_identity_service_does_not_know_as_such_waits_for_a_worker(house: House) -> None:
    resident = move_in(house)
    house.post("/sandbox/identity", {"number": resident.document, "result": "mismatch"})
    before = resident.newest()
    resident.declare()
    told, line = resident.told_after(before)
    assert "没有对上" in told
    unproved = resident.picture_after(line)
    assert (unproved.word, house.check(unproved.link).word) == ("待核实", "待核实")
    assert resident.look().word == "待核实"

    before = resident.newest()
    worker = house.appoint("li.qiang", "community_worker", "6401", "凤凰社区")
    seen = {"document": {"number": resident.document}, "reason": "看过证件"}
    house.operate("order", "confirm", "--as", worker, given=seen)
    _, line = resident.told_after(before)
    proved = resident.picture_after(line)
    assert (proved.word, house.check(proved.link).word) == ("绿码", "绿码")
    assert house.check(unproved.link).word == "待核实"
