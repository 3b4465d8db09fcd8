"""``--wait``: run again, while what is in the way can heal, until nothing is or time is up."""

from netdiag.waiting.deciding import Next, Waiting, after
from netdiag.waiting.healing import heals
from netdiag.waiting.loop import Machine, Outside, until_settled

__all__ = ["Machine", "Next", "Outside", "Waiting", "after", "heals", "until_settled"]
