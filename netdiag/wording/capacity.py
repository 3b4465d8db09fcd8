"""Rows: what a server cannot do now, or not with so much: memory, loading, tokens."""

from typing import Final

from netdiag import failures
from netdiag.wording.row import BAD, Row

MEMORY: Final = (
    Row(
        failures.OUT_OF_MEMORY,
        "Ollama",
        r"requires more system memory|cudamalloc failed|signal: killed|unable to allocate (?:cuda|cpu|rocm|metal)",
        "ollama llm/server.go; recorded: Ollama 0.17 (500)",
    ),
    Row(
        failures.OUT_OF_MEMORY,
        "LM Studio",
        r"insufficient system resources|not enough resources to load",
        "lmstudio-bug-tracker issues 1202, 1562",
    ),
    Row(
        failures.OUT_OF_MEMORY,
        "vLLM, SGLang, FastChat, Xinference, any",
        r"out of memory|outofmemoryerror|cuda_out_of_memory|insufficient (?:gpu |system |free )?memory|"
        r"not enough memory|no available memory for the cache|"
        r"(?:显存|内存)(?:不足|不够)|"
        r"exceeds (?:the )?available (?:gpu |system )?memory|memory (?:is )?(?:exhausted|insufficient)",
        "PyTorch's and CUDA's words; fastchat/constants.py",
        frozenset({200, 400, 404, 500, 503, 507}),
    ),
    Row(
        failures.SERVER_ERROR,
        "LM Studio, LocalAI, Ollama",
        r"failed to load (?:the )?model|error loading model|could not load model|llama runner process has terminated",
        "lmstudio-bug-tracker issue 1200: it says 404 model_not_found of a model that it has",
    ),
)

LOADING: Final = (
    Row(
        failures.MODEL_LOADING,
        "llama.cpp, Hugging Face, Volcengine Ark, any",
        r"(?<!error )\bloading model|(?:still|currently|is) loading\b|being loaded\b|"
        r"modelloadingerror|"
        r"正在加载|加载中|warming up|正在启动|启动中",
        "recorded: llama.cpp b11549 (503); volcengine.com/docs/82379/1299023 (429)",
        frozenset({200, 400, 404, 409, 425, 429, 500, 503}),
    ),
)

TOKENS: Final = (
    Row(
        failures.TOO_MANY_TOKENS,
        "Groq, OpenAI",
        r"request too large for .{1,200}tokens per min",
        "console.groq.com/docs/rate-limits: the tokens to answer with count, so 8192 alone can be too many",
        frozenset({413, 429}),
    ),
    Row(
        failures.TOO_MANY_TOKENS,
        "OpenAI, vLLM, SGLang, llama.cpp, SiliconFlow",
        r"maximum context length|max_model_len|max_seq_len|context (?:length|window|size)|available context|"
        r"context_length_exceeded|prompt_tokens.{0,30}must be less",
        "recorded: vLLM 0.32, llama.cpp b11549; the providers' error pages",
        BAD | {500},
    ),
    Row(
        failures.TOO_MANY_TOKENS,
        "DashScope, Anthropic, Mistral, LiteLLM, one-api",
        r"range of \[?max_tokens|max_(?:completion_|new_)?tokens.{0,60}(?:greater|large|exceed|less|at most|must be)|"
        r"max_(?:completion_|new_)?tokens.{0,12}\d+ ?> ?\d+|maximum allowed number of output tokens|"
        r"max_tokens.{0,20}(?:最大值?为|上限为|不能大于|不能超过)|"
        r"(?:max|maximum)\b.{0,30}\bmax_(?:completion_|new_)?tokens\b.{0,20}\bis \d",
        "recorded: LiteLLM 1.108.7, one-api 8df4a26; docs.anthropic.com; help.aliyun.com/zh/model-studio/error-code",
        BAD | {500},
    ),
    Row(
        failures.TOO_MANY_TOKENS,
        "Kimi, TEI, Mistral, Together",
        r"exceeded model token limit|input token length too long|(?:prompt|input) is too long|"
        r"must have less than \d+ tokens|too many tokens|"
        r"tokens? \+ .{0,40}max_(?:new_)?tokens.{0,30}must be|token limit exceeded",
        "platform.kimi.ai, errors; text-embeddings-inference issue 82 (413); together.ai's error pages",
        BAD,
    ),
    Row(
        failures.TOO_MANY_TOKENS,
        "Chinese providers",
        r"max_tokens.{0,20}(?:超过|超出|不能大于|必须|取值范围)|上下文.{0,10}(?:长度|超)|"
        r"超(?:过|出).{0,20}最大(?:长度|token)",
        "docs.bigmodel.cn, error codes",
        BAD,
    ),
)
