"""The configurations that several scenarios start from; all of them say localhost."""

from typing import Final

from netdiag.lab.topology import Service

CHAT: Final = '{ "type": "ollama", "base_url": "http://localhost:11434/", "model": "qwen2.5:3b" }\n'
"""What OpenSPG's page asks for: one line of JSON."""

VECTORS: Final = """\
{ "vectorizer": { "type": "openai", "base_url": "http://localhost:11434/v1", "model": "bge-m3:latest",
  "api_key": "EMPTY" } }
"""
"""An embedding model on Ollama, by the only type that every KAG has for it."""

PROJECT: Final = """\
#------------project configuration start----------------#
openie_llm: &openie_llm
  type: ollama
  base_url: http://localhost:11434/
  model: qwen2.5:3b

chat_llm: &chat_llm
  type: maas
  api_key: sk-lab-invented-key  # Ollama takes any
  base_url: http://localhost:11434/v1
  model: qwen2.5:3b

vectorize_model: &vectorize_model
  type: openai
  api_key: sk-lab-invented-key
  base_url: http://localhost:11434/v1
  model: bge-m3:latest
vectorizer: *vectorize_model

project:
  host_addr: http://127.0.0.1:8887
  id: "1"
  language: en
  namespace: Lab
#------------project configuration end----------------#

kag_builder_pipeline:
  chain:
    extractor:
      type: schema_free_extractor
      llm: *openie_llm
kag_solver_pipeline:
  generator:
    type: llm_generator
    llm: *chat_llm
"""
"""A developer's kag_config.yaml, with the anchors and aliases of KAG's own examples."""


def at(host: str, config: str) -> str:
    """Return ``config`` with ``host`` in place of localhost."""
    return config.replace("//localhost:", f"//{host}:")


def served(trouble: str, port: int) -> tuple[Service, ...]:
    """Return a server on the host that answers with ``trouble`` (netdiag/lab/servers/troubles.json)."""
    return (Service("troubled", port, trouble=trouble),)
