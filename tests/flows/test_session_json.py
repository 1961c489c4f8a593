"""A session survives JSON, and what a later version adds to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import SHANGHAI
from flows.core import Conversation, Session
from flows.plain import Json
from flows.session_json import dump, load

instants = st.datetimes(timezones=st.just(SHANGHAI))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
conversations = st.builds(
    Conversation, st.text(), st.text(), instants, st.dictionaries(st.text(), json_values, max_size=3)
)
sessions = st.builds(
    Session,
    tag=st.text(),
    seq=st.integers(0, 2**40),
    following=st.booleans(),
    consented_at=st.none() | instants,
    community=st.text(),
    conversation=st.none() | conversations,
    language=st.sampled_from(["", "zh", "en"]),
)


@given(sessions)
def test_it_comes_back(session: Session) -> None:
    assert load(json.loads(json.dumps(dump(session)))) == session


def test_unknown_fields_are_ignored() -> None:
    session = Session("wangfang", seq=3)
    assert load({**dump(session), "later": {"any": ["thing"]}}) == session


@pytest.mark.parametrize("packed", [{}, {"tag": "a", "seq": "x"}, {"tag": "a", "conversation": {"flow": "f"}}])
def test_what_is_no_session_is_an_error(packed: dict[str, Json]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        load(packed)
