"""The page of the API: the OpenAPI document for people, without a script."""

from __future__ import annotations

from typing import Any

from flask import render_template

from bot.api import problems


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    rows = [
        {"method": method.upper(), "path": path, **operation}
        for path, of_path in document["paths"].items()
        for method, operation in of_path.items()
    ]
    schemas = {name: fields_of(schema) for name, schema in sorted(document["components"]["schemas"].items())}
    values = {"document": document, "operations": rows, "schemas": schemas, "problems": problems.KINDS}
    return render_template("api/reference.html", told_type=told_type, **values)


def fields_of(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as a table: (name, type in words, whether it has to be there, what it is)."""
    needed = set(schema.get("required", ()))
    rows = [
        (name, told_type(each), name in needed, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]
    return {"about": schema.get("description", ""), "rows": rows, "values": schema.get("enum", [])}


def told_type(schema: dict[str, Any]) -> str:
    """`string (date)`, `list of Step`, `State or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(told_type(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {told_type(schema['items'])}"
    plain, how = str(schema.get("type", "any")), schema.get("format") or schema.get("pattern", "")
    bounds = [f"{sign} {schema[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in schema]
    return f"{plain} ({', '.join([how, *bounds] if how else bounds)})" if how or bounds else plain
