"""Session as JSON values, for the store to pack. Fields that this version does not know are ignored on reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flows.core import Conversation, Session
from flows.plain import Json


def dump(session: Session) -> dict[str, Json]:
    """What `load` gives back. Instants are ISO 8601 with their offset; empty fields are left out."""
    packed: dict[str, Json] = {"tag": session.tag, "seq": session.seq, "following": session.following}
    if session.consented_at is not None:
        packed["consented_at"] = session.consented_at.isoformat()
    if session.community:
        packed["community"] = session.community
    if session.sms_at is not None:
        packed |= {"sms_at": session.sms_at.isoformat(), "sms_count": session.sms_count}
    if session.notices:
        packed["notices"] = {template: at.isoformat() for template, at in session.notices.items()}
    if session.invited_at is not None:
        packed["invited_at"] = session.invited_at.isoformat()
    if session.language:
        packed["language"] = session.language
    if session.authorising and session.authorising_at is not None:
        packed |= {"authorising": session.authorising, "authorising_at": session.authorising_at.isoformat()}
    if session.conversation is not None:
        packed["conversation"] = _dump_conversation(session.conversation)
    return packed


def load(packed: Mapping[str, Json]) -> Session:
    """The session that was dumped. Raises KeyError, TypeError or ValueError for what is none."""
    conversation = packed.get("conversation")
    return Session(
        tag=str(packed["tag"]),
        seq=_whole(packed.get("seq", 0)),
        following=packed.get("following") is True,
        consented_at=_instant(packed.get("consented_at")),
        community=str(packed.get("community", "")),
        conversation=_load_conversation(conversation) if isinstance(conversation, Mapping) else None,
        sms_at=_instant(packed.get("sms_at")),
        sms_count=_whole(packed.get("sms_count", 0)),
        notices=_load_notices(packed.get("notices", {})),
        invited_at=_instant(packed.get("invited_at")),
        language=str(packed.get("language", "")),
        authorising=str(packed.get("authorising", "")),
        authorising_at=_instant(packed.get("authorising_at")),
    )


def _dump_conversation(conversation: Conversation) -> dict[str, Json]:
    return {
        "flow": conversation.flow,
        "asked": conversation.asked,
        "asked_at": conversation.asked_at.isoformat(),
        "answers": dict(conversation.answers),
    }


def _load_conversation(packed: Mapping[str, Json]) -> Conversation:
    answers, asked_at = packed.get("answers"), _instant(packed["asked_at"])
    if asked_at is None or not isinstance(answers, Mapping):
        raise TypeError("not a conversation")
    return Conversation(str(packed["flow"]), str(packed["asked"]), asked_at, dict(answers))


def _load_notices(packed: Json) -> dict[str, datetime]:
    if not isinstance(packed, Mapping):
        raise TypeError("not a mapping of templates")
    return {template: datetime.fromisoformat(str(at)) for template, at in packed.items()}


def _instant(value: Json) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _whole(value: Json) -> int:
    if not isinstance(value, int):
        raise TypeError("not a whole number")
    return value
