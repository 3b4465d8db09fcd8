"""What the room offers to the others."""

from types import ModuleType

from netdiag import config


def test_all_is_complete():
    """``__all__`` names everything public that is no module (ruff keeps it in order)."""
    public = {n for n, v in vars(config).items() if not n.startswith("_") and not isinstance(v, ModuleType)}
    assert sorted(config.__all__) == sorted(public)
