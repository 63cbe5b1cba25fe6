#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A document against share/json-schema.json: usage:
    validate.py SCHEMA NAME DOCUMENT [STATUS EXPRESSION]

NAME is one of its documents (where, log, ...), or "any". Says what is wrong and ends with 1. It knows
the words of JSON Schema that the schema uses, and refuses others. It is stricter than the schema in one
thing: a member that the schema does not know is wrong, as is a document whose first member is not its
version. Dates that do not exist are wrong as well, and what could paint a terminal. STATUS is how the command ended,
EXPRESSION is of Python and must be true of the document, j."""
import datetime
import json
import re
import sys
import unicodedata

ANNOTATIONS = {"$schema", "$defs", "title", "description"}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "null": lambda v: v is None,
}


def same(a, b):
    """1 and true are two things, which Python takes for one."""
    return type(a) is type(b) and a == b


class Wrong(Exception):
    pass


class Validator:
    def __init__(self, schema):
        self.defs = schema["$defs"]
        self.documents = [one["$ref"].rsplit("/", 1)[1] for one in schema["anyOf"]]

    def check(self, value, schema, at):
        for word, argument in schema.items():
            if word in ANNOTATIONS:
                continue
            rule = getattr(self, "rule_" + word.lstrip("$"), None)
            if not rule:
                raise Wrong(f"{at}: the schema has '{word}', which is not known here")
            rule(value, argument, schema, at)

    def rule_ref(self, value, name, _schema, at):
        self.check(value, self.defs[name.rsplit("/", 1)[1]], at)
        if name.endswith("/time") and value is not None:
            datetime.datetime.fromisoformat(value)

    def rule_type(self, value, types, _schema, at):
        types = [types] if isinstance(types, str) else types
        if not any(TYPES[t](value) for t in types):
            raise Wrong(f"{at}: {value!r} is not of type {' or '.join(types)}")

    def rule_const(self, value, only, _schema, at):
        if not same(value, only):
            raise Wrong(f"{at}: {value!r} is not {only!r}")

    def rule_enum(self, value, all_of_them, _schema, at):
        if not any(same(value, one) for one in all_of_them):
            raise Wrong(f"{at}: {value!r} is none of {all_of_them}")

    def rule_pattern(self, value, pattern, _schema, at):
        if isinstance(value, str) and not re.search(pattern, value):
            raise Wrong(f"{at}: {value!r} does not match {pattern}")

    def rule_minimum(self, value, least, _schema, at):
        if TYPES["integer"](value) and value < least:
            raise Wrong(f"{at}: {value} is less than {least}")

    def rule_minLength(self, value, least, _schema, at):
        if isinstance(value, str) and len(value) < least:
            raise Wrong(f"{at}: {value!r} is too short")

    def rule_items(self, value, schema, _schema, at):
        for i, one in enumerate(value if isinstance(value, list) else []):
            self.check(one, schema, f"{at}[{i}]")

    def rule_required(self, value, names, _schema, at):
        for name in names if isinstance(value, dict) else []:
            if name not in value:
                raise Wrong(f"{at}: '{name}' is missing")

    def rule_properties(self, value, properties, _schema, at):
        for name, one in value.items() if isinstance(value, dict) else []:
            if name not in properties:
                raise Wrong(f"{at}: '{name}' is not in the schema")
            self.check(one, properties[name], f"{at}.{name}")

    def document(self, value, name):
        if name not in self.documents:
            raise Wrong(f"the schema has no document '{name}'")
        if not isinstance(value, dict) or next(iter(value), None) != "version":
            raise Wrong("its first member is not 'version'")
        self.check(value, {"$ref": "#/$defs/" + name}, name)

    def any(self, value):
        reasons = []
        for name in self.documents:
            try:
                return self.document(value, name)
            except Wrong as why:
                reasons.append(str(why))
        raise Wrong("it is none of the documents:\n" + "\n".join(reasons))


def no_twins(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Wrong("a member is there twice")
    return members


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    raw = [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
    if raw:
        raise Wrong(f"would paint a terminal: {raw!r}")
    return json.loads(text, object_pairs_hook=no_twins)


def prove(j, status, expression):
    if j.get("status", status) != status:
        raise Wrong(f"it ended with {status}: {j}")
    if not eval(expression, {"j": j, "status": status}):
        raise Wrong(f"{expression} is not true of {json.dumps(j, indent=1)}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        validator = Validator(json.load(file))
    try:
        value = read(sys.argv[3])
        if sys.argv[2] == "any":
            validator.any(value)
        else:
            validator.document(value, sys.argv[2])
        if len(sys.argv) > 4:
            prove(value, int(sys.argv[4]), sys.argv[5])
    except (Wrong, ValueError) as why:
        sys.exit(f"{sys.argv[3]}: {why}")


main()
