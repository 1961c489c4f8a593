"""Templates in another language: a template's Chinese lines are its messages, translated when it is loaded.

Nothing is marked in a template. A message is what stands on one line between two blocks: 体温 {{ temperature }}℃ is the
message “体温 {temperature}℃”, and {{ tap("撤销") }} in it is [撤销], in English [undo]. Texts inside expressions are
messages of their own, with what is joined to them by `~`; texts that are compared are no messages. So rendering costs
the same in every language, and in Chinese nothing is done at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from flows.told import ABOUT, Translate

OURS = re.compile("[\u3001-\u303f\u4e00-\u9fff\uff01-\uffef]")
"""A text with one of these is a message: hanzi and their punctuation."""
LINES = re.compile("(\n)")
TAGS = re.compile('([<>"\n])')
"""Where messages end on a web page: tags, attributes, and texts inside scripts."""
_PART = re.compile(r"\{(\w+)\}|\[([^\[\]]+)\]")
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_COMPARED = frozenset({"eq", "ne"})
_NO_NAMES = frozenset({"if", "else", "in", "is", "not", "and", "or", "none", "true", "false"})

Expression = list[Token]


def weave(environment: Environment, translate: Translate, ends: re.Pattern[str] = LINES) -> None:
    """From now on the environment reads templates in another language."""
    environment.extend(translate=translate, ends=ends)
    environment.add_extension(_Woven)


class _Woven(Extension):
    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        given: Any = self.environment  # as `weave` extended it
        return _woven(iter(stream), given.translate, given.ends)


def _woven(tokens: Iterator[Token], translate: Translate, ends: re.Pattern[str]) -> Iterator[Token]:
    run: list[str | Expression] = []
    line = 1
    for token in tokens:
        line = token.lineno
        match token.type:
            case "data":
                for place, piece in enumerate(ends.split(token.value)):
                    if place % 2:
                        yield from _message(run, line, translate)
                        run = []
                        yield Token(line, "data", piece)
                    elif piece:
                        run.append(piece)
            case "variable_begin":
                run.append(list(_until(tokens, "variable_end")))
            case "block_begin":
                yield from _message(run, line, translate)
                run = []
                yield token
                yield from _texts(list(_until(tokens, "block_end")), translate)
                yield Token(line, "block_end", "%}")
            case _:
                yield from _message(run, line, translate)
                run = []
                yield token
    yield from _message(run, line, translate)


def _until(tokens: Iterator[Token], end: str) -> Iterator[Token]:
    for token in tokens:
        if token.type == end:
            return
        yield token


def _message(run: list[str | Expression], line: int, translate: Translate) -> Iterator[Token]:
    """The run in the other language; as it is if there is nothing of ours in it."""
    names = _names(run)
    inside = {name: piece for name, piece in zip(names, run, strict=True) if not isinstance(piece, str)}
    if not any(isinstance(piece, str) and OURS.search(piece) for piece in run):
        for piece in run:
            yield from _written(piece, line, translate)
        return
    edges = _EDGES.fullmatch("".join(names))
    before, message, after = edges.groups() if edges else ("", "", "")
    yield Token(line, "data", before)
    mine, _, theirs = translate(message).partition(ABOUT)
    if theirs:
        yield from _block(line, "if", "other")
        yield from _said(theirs, inside, line, translate)
        yield from _block(line, "else")
    yield from _said(mine, inside, line, translate)
    if theirs:
        yield from _block(line, "endif")
    yield Token(line, "data", after)


def _block(line: int, *names: str) -> Iterator[Token]:
    yield Token(line, "block_begin", "{%")
    yield from (Token(line, "name", name) for name in names)
    yield Token(line, "block_end", "%}")


def _said(message: str, inside: dict[str, Expression], line: int, translate: Translate) -> Iterator[Token]:
    for text, name, word in _split(message):
        yield Token(line, "data", text)
        if name:
            yield from _written(inside["{" + name + "}"], line, translate)
        elif word:
            yield from _written(_tap(word, line), line, str)


def _written(piece: str | Expression, line: int, translate: Translate) -> Iterator[Token]:
    if isinstance(piece, str):
        yield Token(line, "data", piece)
    else:
        yield Token(line, "variable_begin", "{{")
        yield from _texts(piece, translate)
        yield Token(line, "variable_end", "}}")


def _split(message: str) -> Iterator[tuple[str, str, str]]:
    """(text, name of the variable after it, word that is tapped after it); one of the two, or none at the end."""
    at = 0
    for match in _PART.finditer(message):
        yield message[at : match.start()], match[1] or "", match[2] or ""
        at = match.end()
    yield message[at:], "", ""


def _names(run: list[str | Expression]) -> list[str]:
    """Each piece as it stands in the message: text as it is, {name} or [word] for an expression."""
    names: list[str] = []
    for piece in run:
        name = piece if isinstance(piece, str) else _name(piece)
        if not isinstance(piece, str) and name.startswith("{"):
            again = sum(1 for each in names if re.fullmatch(rf"\{{{re.escape(name[1:-1])}\d*\}}", each))
            name = f"{{{name[1:-1]}{again + 1}}}" if again else name
        names.append(name)
    return names


def _name(expression: Expression) -> str:
    """[撤销] for tap("撤销"); else {name}: the first name in it that is no function, with dots the last of them."""
    match [(token.type, token.value) for token in expression]:
        case [("name", "tap"), ("lparen", _), ("string", word), ("rparen", _)]:
            return f"[{word}]"
    found = ""
    for place, token in enumerate(expression):
        after = expression[place + 1].type if place + 1 < len(expression) else ""
        if found and expression[place - 1].type != "dot":
            if token.type != "dot":
                break
        elif token.type == "name" and token.value not in _NO_NAMES and after != "lparen":
            found = str(token.value)
    return "{" + (found or "value") + "}"


def _tap(word: str, line: int) -> Expression:
    parts = (("name", "tap"), ("lparen", "("), ("string", word), ("rparen", ")"))
    return [Token(line, kind, value) for kind, value in parts]


# --- texts inside expressions -----------------------------------------------------------------------------------------


def _texts(expression: Expression, translate: Translate) -> Iterator[Token]:
    place = 0
    while place < len(expression):
        chain = _chain(expression, place)
        if any(each.type == "string" and OURS.search(each.value) for each in chain):
            operands = chain[::2]
            message = "".join(each.value if each.type == "string" else f"{{{each.value}}}" for each in operands)
            compared = _is_compared(expression, place, len(chain))
            names = {f"{{{each.value}}}" for each in operands if each.type == "name"}
            yield from chain if compared else _joined(translate(message), names, expression[place].lineno)
        else:
            yield from chain
        place += len(chain)


def _chain(expression: Expression, first: int) -> Expression:
    """Texts and plain names joined by `~` from here on; the token alone where there is no such thing."""
    last = first
    if not _is_operand(expression, first):
        return [expression[first]]
    while last + 2 < len(expression) and expression[last + 1].type == "tilde" and _is_operand(expression, last + 2):
        last += 2
    return expression[first : last + 1]


def _is_operand(expression: Expression, place: int) -> bool:
    token = expression[place]
    before = expression[place - 1].type if place else ""
    after = expression[place + 1].type if place + 1 < len(expression) else ""
    plain = before != "dot" and after not in ("lparen", "dot", "lbracket", "assign")
    return token.type == "string" or (token.type == "name" and plain and token.value not in _NO_NAMES)


def _is_compared(expression: Expression, place: int, length: int) -> bool:
    before = expression[place - 1].type if place else ""
    after = expression[place + length] if place + length < len(expression) else None
    beside = after is not None and (after.type in _COMPARED or after.value in ("in", "not"))
    return beside or before in _COMPARED


def _joined(message: str, names: set[str], line: int) -> Iterator[Token]:
    """A message as texts and names joined by `~`, in brackets: it may stand before a filter. Other braces are text."""
    operands: list[Token] = []
    for piece in re.split("|".join(f"({re.escape(name)})" for name in names) or "(?!)", message):
        if piece:
            operands.append(Token(line, "name", piece[1:-1]) if piece in names else Token(line, "string", piece))
    yield Token(line, "lparen", "(")
    yield from _between(operands, Token(line, "tilde", "~"))
    yield Token(line, "rparen", ")")


def _between(operands: Iterable[Token], joint: Token) -> Iterator[Token]:
    for place, each in enumerate(operands):
        if place:
            yield joint
        yield each
