"""Rows: the model that was asked for is not there, may not be used, or is of another kind."""

from typing import Final

from netdiag import failures
from netdiag.wording.row import BAD, DENIED, Row, code

KINDS: Final = (
    Row(
        failures.CANNOT_EMBED,
        "llama.cpp, SGLang, vLLM, Ollama",
        r"start (?:it|the server) with [`'\"]?--embedding|please add [`'\"]?--is-embedding|embedding=true|"
        r"(?:does|do) not support embeddings?|not support embeddings api|embedding api (?:is )?disabled",
        "recorded: llama.cpp b11549, llama-cpp-python; SGLang's tokenizer manager; vLLM's serving_embedding.py",
    ),
    Row(
        failures.CANNOT_EMBED,
        "Xinference, TEI, OpenAI, any",
        r"not (?:appear to be )?(?:for creating|a|an) (?:valid )?embeddings?(?: model)?\b|"
        r"embeddings? operation does not work with|不支持(?:嵌入|向量)|不是(?:嵌入|向量)模型",
        "recorded: Xinference 4.1.0 (500); text-embeddings-inference; Azure's OperationNotSupported",
    ),
    Row(
        failures.CANNOT_RERANK,
        "llama.cpp, vLLM, Xinference, TEI",
        r"start (?:it|the server) with [`'\"]?--rerank|(?:does|do) not support re-?rank|"
        r"not a re-?rank(?:er|ing)? model|"
        r"(?:rerank|score) api is not supported|not for (?:creating )?rerank",
        "recorded: llama.cpp b11549 (501); vLLM's serving_score.py",
    ),
    Row(
        failures.CANNOT_CHAT,
        "Ollama, vLLM, OpenAI, Xinference",
        r"(?:does|do) not support (?:chat|generate|completions?)\b|not support chat completions api|not a chat model|"
        r"chatcompletion operation does not work with|not for (?:creating )?chat",
        "recorded: Ollama 0.17; vLLM's serving_chat.py; OpenAI's and Azure's error pages",
    ),
)
"""Before a missing model: these speak of one that is there."""

FORBIDDEN: Final = (
    Row(
        failures.MODEL_FORBIDDEN,
        "DashScope",
        r"model\.accessdenied|accessdenied\.unpurchased|access to (?:the )?model (?:is )?denied|model access denied|"
        r"eligible for.{0,20} model|workspace\.accessdenied",
        "help.aliyun.com/zh/model-studio/error-code",
        DENIED,
    ),
    Row(
        failures.MODEL_FORBIDDEN,
        "Volcengine Ark, Tencent Hunyuan",
        r"modelnotopen|has not activated the model|servicenotopen|modelidaccessdisabled|via model id is not allowed|"
        r"servicenotactivated",
        "volcengine.com/docs/82379/1299023 (404)",
    ),
    Row(
        failures.MODEL_FORBIDDEN,
        "one-api, new-api",
        r"(?:无权|没有权限)(?:使用|访问|调用).{0,6}模型|无权访问.{0,20}分组|分组 .{1,60}已被弃用|"
        r"has no access to (?:any )?model|"
        r"no permission to access this group|倍率或价格未配置|ratio or price not set",
        "recorded: one-api 8df4a26 (403); new-api i18n/locales",
    ),
    Row(
        failures.MODEL_FORBIDDEN,
        "OpenAI, Groq, LiteLLM, Gemini, Together",
        r"(?:project|organization|key|team|user|account).{0,80}(?:does not|doesn't|not allowed to|may not) "
        r"(?:have )?access(?: to)? (?:the )?model|"
        r"must be verified to use the model|model_terms_required|key_model_access_denied|"
        r"unable to access non-serverless model|missing scopes: model|requires a subscription|"
        r"not (?:available|included) (?:in|on|for|with) your (?:current )?(?:plan|tier|subscription)|"
        r"(?:eligible|authorized|access) (?:for|to).{0,20} model|model disabled|model_permission_blocked|"
        r"(?:permission|not (?:allowed|permitted|authorized)) to (?:use|access).{0,20} model",
        "the providers' error pages; litellm/proxy/auth/auth_checks.py; console.groq.com/docs/errors",
        frozenset({400, 401, 403, 404}),
    ),
    Row(
        failures.MODEL_FORBIDDEN,
        "Anthropic, Gemini",
        r"api key does not have permission|has not been used in project .{1,60} or it is disabled|service_disabled",
        "docs.anthropic.com, errors; Google's SERVICE_DISABLED",
        frozenset({403}),
    ),
    Row(
        failures.MODEL_FORBIDDEN,
        "OpenRouter",
        r"no allowed providers are available|no endpoints (?:found|available) matching your",
        "cc-switch issue 995: the account's own settings leave none",
        frozenset({400, 403, 404}),
    ),
    Row(
        failures.MODEL_FORBIDDEN,
        "any",
        r"(?:未|没有)(?:开通|激活|订阅).{0,20}模型|模型.{0,40}(?:未开通|未激活|无权限|没有权限)",
        "Chinese providers",
    ),
    Row(failures.MODEL_FORBIDDEN, "GLM", code("1220"), "docs.z.ai, error codes"),
)

MISSING: Final = (
    Row(
        failures.MODEL_NOT_FOUND,
        "one-api, new-api",
        r"无可用渠道|无有效上游渠道|可用渠道失败|渠道不存在|(?:该)?渠道已被禁用|没有可用的渠道密钥|"
        r"no available channels?(?: keys?)?\b|no channels? (?:is |are )?available|"
        r"failed to get available channels?|no valid upstream channel|"
        r"channel (?:has been disabled|not found)|channel:no_available_key|get_channel_failed",
        "recorded: one-api 8df4a26 (503); middleware/distributor.go; new-api i18n/locales",
    ),
    Row(
        failures.MODEL_NOT_FOUND,
        "OpenRouter",
        r"no endpoints found for|is not a valid model id",
        "openrouter.ai; free-claude-code issue 974 (404)",
    ),
    Row(
        failures.MODEL_NOT_FOUND,
        "Azure OpenAI",
        r"deploymentnotfound|api deployment for this resource does not exist",
        "learn.microsoft.com, Azure OpenAI error codes (404)",
    ),
    Row(
        failures.MODEL_NOT_FOUND,
        "GLM",
        rf"{code('1211')}|模型.{{0,60}}(?:不存在|未找到|找不到|未部署)|(?:不存在|找不到|未找到).{{0,8}}模型|未知的?模型",
        "docs.z.ai, error codes (400)",
        BAD | {404, 503},
    ),
    Row(
        failures.MODEL_NOT_FOUND,
        "Kimi, Volcengine Ark, Qianfan, Together, Mistral",
        r"not found the model|invalidendpointormodel|invalid_model\b|unable to access model|model_not_available|"
        r"the model or endpoint .{1,120} does not exist",
        "the providers' error pages",
    ),
    Row(
        failures.MODEL_NOT_FOUND,
        "LiteLLM, FastChat, LM Studio, Xinference, Groq",
        r"invalid model (?:name|identifier)|only .{1,200} allowed now, your model|model not found in the model list|"
        r"model_decommissioned|has been decommissioned|model_not_supported|unsupported model",
        "recorded: LiteLLM 1.108.7, FastChat 0.2.36, Xinference 4.1.0; console.groq.com/docs/errors",
    ),
    Row(
        failures.MODEL_NOT_FOUND,
        "OpenAI, Ollama, vLLM, DeepSeek, SiliconFlow, any",
        r"model.{0,200}?(?:not found|not exist|not_found|no such)|(?:unknown|invalid) model|model is required|"
        r"model_not_found|no models? (?:is |are )?(?:currently )?loaded|\bmodel: \S{1,120} not_found_error|"
        r"not_found_error.{0,60}model: |"
        r"\bmodel (?:\S{1,100} )?is not (?:supported|available|deployed|enabled)\b|has no provider supported|"
        r"not supported by any provider",
        "recorded: Ollama 0.17, vLLM 0.32, Docker Model Runner 1.0.10; the providers' error pages",
        BAD | {404, 503},
    ),
)
