# ruff: noqa: PLC0415 - importing KAG prints, so standard output must be put aside before
"""KAG's own checkers, asked one configuration after another: run by the Python of a KAG's environment.

Reads ``{"kind": "chat", "config": {…}}``, one a line, and answers each with ``{"ok": …, "error": …, "logged": […]}``.
Nothing of KAG or its SDKs is changed; only their pauses between two tries are cut short.
"""

import json
import logging
import os
import sys
import threading
import time

sleep = time.sleep


def without_pauses(seconds):
    """Sleep only outside the main thread, where nothing waits for a second try."""
    if threading.current_thread() is not threading.main_thread():
        sleep(seconds)


class Heard(logging.Handler):
    """Keeps what KAG logs of an error: from 0.7 on its embedding client logs the true one and returns nothing."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        """Keep one line."""
        self.lines.append(record.getMessage()[:300])


def check(kind, config):
    """Let KAG's own check of this kind decide; it raises what KAG raises.

    A configuration that is a text is YAML, and does what KAG's checkers do with JSON.
    """
    if isinstance(config, str):
        import yaml

        config = yaml.safe_load(config)
        if kind == "chat":
            from kag.interface import LLMClient

            LLMClient.from_config(config)("who are you?")
            return
        if kind == "embedding":
            from kag.interface import VectorizeModelABC

            len(VectorizeModelABC.from_config(config).vectorize("hello"))
            return
    if kind == "chat":
        from kag.common.llm.llm_config_checker import LLMConfigChecker

        LLMConfigChecker().check(json.dumps(config))
    elif kind == "embedding":
        from kag.common.vectorize_model.vectorize_model_config_checker import VectorizeModelConfigChecker

        VectorizeModelConfigChecker().check(json.dumps(config))
    else:
        from kag.interface import RerankModelABC

        # KAG has no checker of these
        RerankModelABC.from_config(config).compute_index("q", ["a"])


def forget():
    """Empty what KAG remembers of a configuration, so that each is judged as if it were the first."""
    limiters = sys.modules.get("kag.common.rate_limiter")
    for name in ("RATE_LIMITER_MANGER", "SYNC_RATE_LIMITER_MANAGER"):
        if hasattr(limiters, name):
            getattr(limiters, name).limiter_map.clear()


def verdict(kind, config, heard):
    """Return what becomes of one configuration."""
    forget()
    heard.lines.clear()
    try:
        check(kind, config)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the verdict
        tried = getattr(error, "last_attempt", None)  # tenacity's RetryError hides what happened
        cause = tried.exception() if tried else error
        return {"ok": False, "error": f"{type(cause).__name__}: {cause}"[:600], "logged": heard.lines[:1]}
    return {"ok": True, "error": "", "logged": heard.lines[:1]}


def main():
    """Answer every line of standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what KAG prints belongs elsewhere
    time.sleep = without_pauses
    import kag  # noqa: F401 - registers every type

    heard = Heard()
    logging.getLogger().addHandler(heard)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(verdict(asked["kind"], asked["config"], heard)), file=answers, flush=True)


if __name__ == "__main__":
    main()
