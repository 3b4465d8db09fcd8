"""The tables of each version with the columns that matter, of their real types, and what people have in them."""

import json

KEY = "sk-c4n4ry"
"""Part of every key below: where it shows, a key does."""

_TIMES = (
    "gmt_create timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,"
    " gmt_modified timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
)

CONFIG = f"""CREATE TABLE kg_config (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, {_TIMES},
    project_id varchar(64) NOT NULL, config_name varchar(128) NOT NULL, config_id varchar(128) NOT NULL,
    version varchar(64) NOT NULL DEFAULT '1', config longtext NOT NULL, status int NOT NULL DEFAULT 1,
    UNIQUE KEY uk_config (config_id, version)) DEFAULT CHARSET = utf8mb4"""

PROJECTS = f"""CREATE TABLE kg_project_info (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, {_TIMES},
    name varchar(255) NOT NULL, description varchar(1024) DEFAULT NULL, status varchar(20) NOT NULL DEFAULT 'INVALID',
    namespace varchar(64) NOT NULL DEFAULT '', biz_domain_id bigint DEFAULT NULL, config text DEFAULT NULL,
    visibility varchar(64) DEFAULT 'PRIVATE', tag varchar(64) DEFAULT 'LOCAL',
    UNIQUE KEY uk_name (name)) DEFAULT CHARSET = utf8mb4"""

MODELS = f"""CREATE TABLE kg_user_model (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, {_TIMES},
    instance_id varchar(64) NOT NULL UNIQUE, visibility varchar(64) NOT NULL DEFAULT 'PRIVATE',
    provider varchar(32) NOT NULL, name varchar(64) NOT NULL, config longtext DEFAULT NULL,
    creator varchar(64), modifier varchar(64),
    UNIQUE KEY uk_name (name, provider, visibility)) DEFAULT CHARSET = utf8mb4"""

PROVIDERS = (
    "CREATE TABLE kg_model_provider (provider varchar(32) PRIMARY KEY, logo varchar(255)) DEFAULT CHARSET = utf8mb4"
)

TABLES = {
    "0.6": (CONFIG, PROJECTS),
    "0.7": (CONFIG, PROJECTS),
    "0.8": (CONFIG, PROJECTS, MODELS, PROVIDERS),
}

FORMS = '{"form": ["base_url", "http://localhost:11434/"]}'
"""A form definition of the page: never touched."""


NAMES = ("Ollama", "OpenAI", "BaiLing")
TYPES = json.dumps(
    {
        "modelType": {
            "OpenAI_chat": "maas",
            "OpenAI_embedding": "openai",
            "Ollama_chat": "ollama",
            "Ollama_embedding": "openai",
        }
    }
)
"""Some of 0.8's providers, and the types of their models as its init script has them: BaiLing has none."""


def frozen(port: int) -> str:
    """The configuration of 0.6 and 0.7, as the page saves it, globally and frozen into a knowledge base.

    Odd spacing, keys nobody knows, Chinese and an emoji; chat without /v1, embedding with it, on one Ollama.
    """
    return (
        (
            '{ "llm_select" :[ {"type":"ollama","base_url" :  "http://localhost:PORT/", "model":"qwen2.5:3b",'
            '"api_key":"KEY-llm","llm_id":"5eed","default":true,"desc":"默认模型 😀 \\"q\\"","creator":"openspg"} ],\n'
            '\t"vectorizer":{"type":"openai","model":"bge-m3","base_url":"http://localhost:PORT/v1",'
            '"api_key":"KEY-emb","vector_dimensions":"128"},\r\n'
            ' "graph_store":{"uri":"neo4j://localhost:7687","user":"neo4j","password":"KEY-graph"},'
            '"x-unknown":{"a":[1,2.50,1e3,null]},'
            '"llm":{"type":"ollama","base_url":"http://localhost:PORT","model":"qwen2.5:3b","api_key":"KEY-copy"},'
            '"prompt":{"biz_scene":"default","language":"zh"} } '
        )
        .replace("PORT", str(port))
        .replace("KEY", KEY)
    )


def models(port: int) -> str:
    """The models of 0.8's page for Ollama: a chat model with a field of one's own, and an embedding model.

    The page's form for Ollama has no field for a key: what stands in the second one is all that is ever stored.
    """
    return (
        (
            '[{"type":"ollama", "modelType":"chat","model":"qwen2.5:3b","base_url":"http:\\/\\/localhost:PORT",'
            '"modelId":"inst-1@qwen2.5:3b","customize":{"说明":"本地 😀"},"api_key":"KEY-chat"} ,\n'
            '{"modelId":"inst-1@bge-m3","base_url":"http://localhost:PORT/v1","model":"bge-m3",'
            '"modelType":"embedding","type":"openai"}]'
        )
        .replace("PORT", str(port))
        .replace("KEY", KEY)
    )


def chosen() -> str:
    """A knowledge base of 0.8: it names a model and holds none."""
    vectorizer = {"modelId": "inst-1@bge-m3", "vector_dimensions": "128"}
    return json.dumps({"vectorizer": vectorizer, "prompt": {"language": "zh"}})


def rows(version: str, port: int) -> list[tuple[str, dict[str, object]]]:
    """What a server of this version holds, table by table."""
    forms = {"project_id": "0", "config_name": "form", "config_id": "KAG_ENV", "config": FORMS}
    if version == "0.8":
        model = {"instance_id": "inst-1", "provider": "Ollama", "name": "Ollama", "config": models(port)}
        return [
            ("kg_config", forms),
            ("kg_config", forms | {"config_id": "PROVIDER_BASE_INFO", "config": TYPES}),
            *[("kg_model_provider", {"provider": name, "logo": f"/img/logo/{name}.png"}) for name in NAMES],
            ("kg_user_model", model),
            ("kg_project_info", project("Medical", chosen())),
            ("kg_project_info", project("来自 0.7", frozen(port))),
        ]
    saved = {"project_id": "0", "config_name": "KAG", "config_id": "KAG_CONFIG", "config": frozen(port)}
    return [
        ("kg_config", forms),
        ("kg_config", saved),
        ("kg_project_info", project("Medical", frozen(port))),
        ("kg_project_info", project("空", None)),
        ("kg_project_info", project("gone", frozen(port), status="DELETE")),
    ]


def project(name: str, config: str | None, status: str = "VALID") -> dict[str, object]:
    """A knowledge base."""
    return {"name": name, "status": status, "namespace": "N", "biz_domain_id": 1, "config": config}
