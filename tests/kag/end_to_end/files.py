"""A situation's configuration as text: one node as JSON, several, or a whole project's YAML as KAG's example has it."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

from netdiag.kag.version import Version

Nodes = Sequence[tuple[str, Mapping[str, Any]]]
"""Names, each with what the node says."""

REST: Final = """\
vectorizer: *vectorize_model

log:
  level: INFO

project:
  biz_scene: default
  host_addr: http://127.0.0.1:8887
  id: "1"
  language: en
  namespace: Situation

kag_builder_pipeline:
  chain:
    type: unstructured_builder_chain
    extractor:
      type: schema_free_extractor
      llm: *openie_llm
    vectorizer:
      type: batch_vectorizer
      vectorize_model: *vectorize_model
  num_threads_per_chain: 1

kag_solver_pipeline:
  generator:
    type: llm_generator
    llm_client: *chat_llm
"""
"""What follows the models in a project's file."""


def written(chance: random.Random, version: Version, in_file: str, nodes: Nodes) -> tuple[str, str]:
    """Return the file's name and its text."""
    if in_file == "one node":
        return "llm.json", json.dumps(nodes[0][1], indent=chance.choice((None, 2))) + "\n"
    if in_file == "nodes":
        return "config.json", json.dumps(dict(nodes), indent=2) + "\n"
    return "kag_config.yaml", _yaml(chance, version, nodes)


def _yaml(chance: random.Random, version: Version, nodes: Nodes) -> str:
    """Return a project's file in one of the ways to quote; sometimes with one key for all, merged into each."""
    style = chance.choices(("", '"', "'", "|", ">-"), (6, 3, 3, 0.6, 1))[0]
    filled = _filled_in(chance, version)
    merged = chance.random() < 0.1
    lines = ["#------------project configuration start----------------#"]
    if merged:
        lines += ["keys: &keys", f"  api_key: {filled or 'k'}", ""]
    for node, settings in nodes:
        lines.append(f"{node}: &{node}")
        for name, value in settings.items():
            if name == "base_url":
                lines.append(_line(chance, value, style))
            elif value == "k":
                lines.append("  <<: *keys" if merged else f"  {name}: {filled or 'k'}")
            else:
                lines.append(f"  {name}: {json.dumps(value)}")
        lines.append("")
    return "\n".join(lines) + REST


def _line(chance: random.Random, base_url: str, style: str) -> str:
    if style in ("|", ">-"):
        return f"  base_url: {style}\n    {base_url.strip()}"
    if base_url != base_url.strip() or "\uff1a" in base_url:
        style = style or '"'
    return f"  base_url: {style}{base_url}{style}" + ("  # the host's" if chance.random() < 0.2 else "")


def _filled_in(chance: random.Random, version: Version) -> str:
    """Return what stands for a key that KAG of this version takes from its environment; mostly nothing."""
    if version == "0.6" or chance.random() > 0.15:
        return ""
    return "!ENV LAB_KEY" if version == "0.8" and chance.random() < 0.5 else "{{ LAB_KEY }}"
