"""Whether KAG's client can use a base_url as it is written, and whether it calls what was meant."""

from netdiag import config, kag
from netdiag.kag.version import Version
from netdiag.prove.target import Target


def problem(to: Target, version: Version) -> str:
    """Return the word for why the client of KAG ``version`` cannot use this base_url, or nothing where it can."""
    try:
        kag.url(version, to.endpoint, to.endpoint.base_url)
    except kag.UnusableError as error:
        return to.url.problem or error.word
    return ""


def mistyped(to: Target, version: Version) -> str:
    """Return the word for a typing error by which KAG's client calls something else than what was meant, or nothing.

    A line break behind the URL, or a full-width dot in it, makes no difference to some of the clients.
    """
    if not to.url.problem:
        return ""
    base_url, meant = to.endpoint.base_url, config.suggest(to.endpoint.base_url)
    try:
        is_same = bool(meant) and kag.url(version, to.endpoint, meant) == kag.url(version, to.endpoint, base_url)
    except kag.UnusableError:
        is_same = False
    return "" if is_same else to.url.problem
