"""The Docker API: running netdiag inside a container from its host."""

from netdiag.container.inside import run_inside
from netdiag.container.installing import settle
from netdiag.container.refusal import Refused
from netdiag.container.request import HELPER_IMAGE, PLACE, Request, Streams

__all__ = ["HELPER_IMAGE", "PLACE", "Refused", "Request", "Streams", "run_inside", "settle"]
