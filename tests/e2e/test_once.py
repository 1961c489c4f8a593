"""The platform repeats itself and machines fail: every message counts once, and what was acknowledged arrives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from tests.e2e.house import House, eventually
from tests.e2e.resident import CONFIRMED, NoAnswer, Resident, move_in

SUNRISE = "640106001004"
"""紫阳社区."""
FLYOVER = "640106001006"
"""立交桥社区."""


def insist(resident: Resident, text: str) -> set[str]:
    """The different answers to one message sent three times at once. A database that is late on a busy machine makes
    the house say that it took nothing down; then she writes again."""
    while True:
        answers = {xml for xml in resident.insist(text, times=3) if xml and "没有记下" not in xml}
        if answers:
            return answers


def insist_on_everything(resident: Resident) -> list[set[str]]:
    """Declare and check in, every message three times at once; the different answers to each."""
    resident.follow(SUNRISE)
    answers = [insist(resident, "同意")]
    while CONFIRMED not in (asked := min(answers[-1])):
        answers.append(insist(resident, resident.answer_to(asked)))
    return [*answers, insist(resident, "36.6")]


def test_twenty_residents_whose_every_message_comes_three_times_at_once(house: House) -> None:
    residents, parked = [move_in(house) for _ in range(20)], house.operate("parked")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(insist_on_everything, residents))
    assert [len(same) for each in answers for same in each] == [1] * sum(map(len, answers))
    for resident in residents:
        resident.picture_after(0)
        assert "体温和症状的上报：2 次" in resident.say("我的数据")
        (day,) = (line for line in resident.say("记录").splitlines() if "℃" in line)
        assert "36.6℃ 正常" in day
    eventually("all are counted", lambda: house.counts(SUNRISE) == {"green": 20})
    assert all(sum(line["type"] == "image" for line in resident.lines()) == 1 for resident in residents)
    assert house.operate("parked") == parked


def declare_whatever_happens(resident: Resident) -> None:
    """Declare; where no question is answered, wait and try again as people do. Raises ExceptionGroup in the end."""
    troubles: list[Exception] = []
    deeds: list[Callable[[], object]] = [lambda: resident.follow(FLYOVER), lambda: resident.say("同意")]
    for deed in (*deeds, resident.answer_everything):
        while len(troubles) < 20:
            try:
                deed()
                break
            except NoAnswer as answer:
                # The confirmation was recorded, and only its answer lost.
                if "您已经申报过" in str(answer):
                    return
                troubles.append(answer)
                eventually("the house is well again", resident.house.is_well)
    if len(troubles) == 20:
        raise ExceptionGroup(resident.id, troubles)


def are_done(running: Sequence[Future[None]], at_least: int) -> bool:
    return sum(each.done() for each in running) >= at_least


def test_forty_declare_while_everything_is_killed_in_turn_and_each_gets_a_code(house: House) -> None:
    residents, parked = [move_in(house) for _ in range(40)], house.operate("parked")
    before = house.counts(FLYOVER)  # other tests have moved people in
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(declare_whatever_happens, resident) for resident in residents]
        for number, name in enumerate(("web", "settle", "engine", "deliver"), 1):
            enough = partial(are_done, running, 8 * number)
            eventually(f"{number} fifths have declared", enough)
            house.kill(name)
        for future in running:
            future.result()
    eventually("the house is well", house.is_well)
    assert words_of(residents) == ["绿码"] * 40
    eventually("all are counted", lambda: house.counts(FLYOVER) == before | {"green": before.get("green", 0) + 40})
    assert house.operate("parked") == parked


def words_of(residents: Sequence[Resident]) -> list[str]:
    """The looks of the first pictures that arrived."""
    return [resident.picture_after(0).word for resident in residents]
