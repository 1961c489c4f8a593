"""Following, scanning a community's code, consent. Nothing is asked and nothing stored before 同意."""

from __future__ import annotations

from dataclasses import replace

from domain.places import full_name, is_community
from flows.core import Say, Turn
from flows.declaration import DECLARATION
from flows.engine import ask_again, begin
from flows.plain import Json
from flows.questions import Scene

SCENE_PREFIX = "community:"


def community_in(key: str) -> str:
    """The community of a parametrised QR, or empty: an unknown scene is no error, the code may be of another time."""
    code = key.removeprefix(SCENE_PREFIX)
    return code if key.startswith(SCENE_PREFIX) and is_community(code) else ""


def followed(scene: Scene, key: str) -> Turn:
    """Follow: what this is, the privacy notice and the promise of truth; or welcome back."""
    session = replace(scene.session, following=True, community=community_in(key) or scene.session.community)
    if session.consented_at is None:
        return Turn(session, (Say("welcome", {"community": full_name(session.community)}),))
    return Turn(session, (Say("welcome_back", {"declared": scene.known is not None}),))


def scanned(scene: Scene, key: str) -> Turn:
    """A follower scans a community's code: remembered, and filled in where a declaration is under way."""
    community = community_in(key)
    if not community:
        return Turn(scene.session, (Say("scan_unknown"),))
    session = replace(scene.session, community=community)
    if session.consented_at is None:
        return Turn(session, (Say("welcome", {"community": full_name(community)}),))
    registered = scene.known.profile.community if scene.known else ""
    args: dict[str, Json] = {"community": full_name(community), "declared": scene.known is not None}
    said = Say("scanned", {**args, "registered": full_name(registered), "moved": registered not in ("", community)})
    conversation = session.conversation
    if conversation is None or conversation.flow != DECLARATION.name or "community" in conversation.answers:
        return Turn(session, (said,))
    filled = replace(conversation, answers={**conversation.answers, "community": community})
    return ask_again(DECLARATION, replace(scene, session=replace(session, conversation=filled)), said)


def agreed(scene: Scene) -> Turn:
    """同意: the instant is recorded, and whoever has not declared begins at once."""
    session = replace(scene.session, consented_at=scene.at)
    if scene.known is not None:
        return Turn(session, (Say("agreed", {"declared": True}),))
    return declare(replace(scene, session=session), Say("agreed", {"declared": False}))


def declare(scene: Scene, *before: Say) -> Turn:
    """Begin a declaration, with the community of a scanned code filled in."""
    community = scene.session.community
    return begin(DECLARATION, scene, {"community": community} if community else {}, before)
