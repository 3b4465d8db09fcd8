"""The Docker API: running netdiag inside a container from its host."""

from netdiag.container.inside import run_inside

__all__ = ["run_inside"]
