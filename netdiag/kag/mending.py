"""What an endpoint that KAG refuses was probably meant to be. Pure."""

from netdiag import failures
from netdiag.kag import needs, settings, types
from netdiag.kag.version import Version
from netdiag.model.endpoint import Endpoint


def mended(version: Version, endpoint: Endpoint, failure: str) -> Endpoint | None:
    """Return the endpoint without what KAG refuses it for, ``failure``, where it is known what was meant instead."""
    if failure == failures.WRONG_SETTING:
        return settings.mended(version, endpoint)
    other = needs.meant(endpoint) if endpoint.ignored else types.mended(endpoint)
    return (settings.mended(version, other) or other) if other else None
