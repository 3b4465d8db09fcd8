"""Judges of an edit other than netdiag: what PyYAML, json, configparser and shlex read before and after it."""

import configparser
import json
import re
import shlex

import yaml

from netdiag.config import apply, edits, parse, shifted, with_host, with_path

RENDERED = "rendered.example"
"""What stands in a judged document where a template or a variable makes a value: nothing there may be edited."""


class Tolerant(yaml.SafeLoader):
    """KAG's loader as a judge, with custom tags read as text."""


Tolerant.add_multi_constructor("!", lambda loader, _suffix, node: loader.construct_scalar(node))


def leaves(value, path=()):
    """Yield every leaf of plain data with its path."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def by_yaml(data):
    """Return all values as PyYAML sees them."""
    return dict(leaves(yaml.load(data, Tolerant)))


def by_json(data):
    """Return all values as the standard library sees them."""
    return dict(leaves(json.loads(re.sub(r"(?m)^ *#.*$", "", data.decode("utf-8-sig")))))


def by_configparser(data):
    """Return all values as KAG 0.5 sees them."""
    parser = configparser.ConfigParser()
    parser.read_string(data.decode("utf-8-sig").replace("\r\n", "\n"))
    return dict(leaves({name: dict(parser[name]) for name in parser.sections()}))


def by_nested_json(data):
    """Return all values, those of documents in strings too."""
    return dict(leaves(unpacked(json.loads(data))))


def unpacked(value):
    """Return ``value`` with every string that holds an object as that object."""
    if isinstance(value, dict):
        return {key: unpacked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unpacked(inner) for inner in value]
    try:
        inner = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return unpacked(inner) if isinstance(inner, dict) else value


def by_shlex(data):
    """Return the variables as a POSIX shell takes a line apart; the last of equal names counts."""
    words = shlex.split(data.decode("utf-8-sig"), comments=True)
    return {(name,): value for name, found, value in (word.partition("=") for word in words) if found}


def without(data, spans):
    """Return ``data`` without the bytes of ``spans``."""
    at, kept = 0, b""
    for start, end in sorted(spans):
        kept, at = kept + data[at:start], end
    return kept + data[at:]


def is_base_url(path, source):
    """Tell whether a value is a base_url by its key, which has a case of its own everywhere but in a .env file."""
    form = r"(?i)base_url\Z" if source == ".env" else r"(?s)(?:^|.\.)base_url\Z"  # a flat key has a prefix
    return bool(path) and isinstance(path[-1], str) and bool(re.search(form, path[-1]))


def holds(text, host, path, judge, source="-"):
    """Edit every base_url of ``text`` that may be, and compare everything else, by our own reading and the judge's."""
    data = text.encode()
    before = parse(data, source)
    planned = [e for endpoint in before.endpoints if endpoint.url_span for e in plan(before, endpoint, host, path)]
    done = apply(data, planned)
    undo = shifted(planned)
    assert apply(done, undo) == data
    spans = [[(e.span.start, e.span.end) for e in some] for some in (planned, undo)]
    assert without(data, spans[0]) == without(done, spans[1])

    def wanted(url):
        url = with_host(url, host)
        return url if path is None else with_path(url, path)

    after = parse(done, source)
    ours = [e._replace(base_url=wanted(e.base_url)) if e.url_span else e for e in before.endpoints]
    # what stands behind an edit on its line is at another place afterwards
    assert [e._replace(url_span=None, column=0) for e in after.endpoints] == [
        e._replace(url_span=None, column=0) for e in ours
    ]
    assert all(plan(after, endpoint, host, path) == () for endpoint in after.endpoints if endpoint.url_span)
    assert judge(done) == {
        at: wanted(value) if is_base_url(at, source) and isinstance(value, str) and RENDERED not in value else value
        for at, value in judge(data).items()
    }


def plan(document, endpoint, host, path):
    """Return the edits of one endpoint."""
    return edits(document, endpoint, host=host, path=path)
