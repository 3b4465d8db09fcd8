"""What a server's database holds before anybody has saved a model, and what its page makes of what is entered."""

from __future__ import annotations

import json
from typing import Any

from openspg.tables import FORMS

TYPES = {
    "Ollama_chat": "ollama",
    "Ollama_embedding": "openai",
    "OpenAI_chat": "maas",
    "OpenAI_embedding": "openai",
}
"""What 0.8's server stores as the type, by provider and kind (``kg_config``, row ``PROVIDER_BASE_INFO``)."""

FIELDS = {"Model": "model", "base_url": "base_url", "API-Key": "api_key"}
"""The fields of 0.8's form, and the settings that they are (``kg_provider_param``)."""


def rows(version: str) -> list[tuple[str, dict[str, object]]]:
    """What the init script of this version puts into the tables that matter."""
    form = {"project_id": "0", "config_name": "form", "config": FORMS}
    if version == "0.8":
        types = json.dumps({"modelType": TYPES})
        return [
            ("kg_config", form | {"config_id": "KAG_SUPPORT_MODEL"}),
            ("kg_config", form | {"config_id": "KAG_ENV"}),
            ("kg_config", form | {"config_id": "PROVIDER_BASE_INFO", "config": types}),
            *(("kg_model_provider", {"provider": name, "logo": "/img/logo/x.png"}) for name in ("Ollama", "OpenAI")),
        ]
    return [
        ("kg_config", form | {"config_id": "KAG_SUPPORT_MODEL"}),
        ("kg_config", form | {"config_name": "Global Configuration", "config_id": "KAG_CONFIG", "config": ""}),
        ("kg_config", form | {"config_id": "KAG_ENV"}),
    ]


def added(provider: str, kind: str, fields: dict[str, str], uuid: str) -> dict[str, Any]:
    """A model of 0.8 as its server stores it: what was entered, the type by the provider, and its own id."""
    settings = {FIELDS[name]: value for name, value in fields.items()}
    known = {"modelType": kind, "type": TYPES[f"{provider}_{kind}"]}
    return {"modelId": f"{uuid}@{settings['model']}", **settings, **known}


def user_models(entered: list[tuple[str, str, dict[str, str]]]) -> list[tuple[str, dict[str, object]]]:
    """The rows of ``kg_user_model`` after these were entered, as (provider, kind, fields): one for each provider."""
    made: dict[str, list[dict[str, Any]]] = {}
    for provider, kind, fields in entered:
        made.setdefault(provider, []).append(added(provider, kind, fields, f"5eed{provider}"))
    return [
        (
            "kg_user_model",
            {
                "instance_id": f"5eed{provider}",
                "visibility": "PUBLIC_READ",
                "provider": provider,
                "name": provider,
                "config": json.dumps(models, ensure_ascii=False, separators=(",", ":")),
            },
        )
        for provider, models in made.items()
    ]


def global_config(entered: dict[str, dict[str, Any]]) -> str:
    """The configuration of 0.6 and 0.7 after these were entered, by kind, and the chat model was made the default.

    What was not entered is not there.
    """
    graph = {"uri": "neo4j://release-openspg-neo4j:7687", "user": "neo4j", "password": "neo4j@openspg"}
    extra = {"llm_id": "5eed", "default": True, "desc": "备注", "creator": "openspg", "createTime": "2026-11-30"}
    whole: dict[str, Any] = {"graph_store": {"database": "kag", **graph}}
    if "embedding" in entered:
        whole["vectorizer"] = entered["embedding"]
    if "chat" in entered:
        whole |= {"llm_select": [entered["chat"] | extra], "llm": entered["chat"] | extra}
    whole["prompt"] = {"biz_scene": "default", "language": "zh"}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
