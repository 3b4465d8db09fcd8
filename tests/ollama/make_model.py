"""Write a random Llama model of about a megabyte, small enough to be made by a test and real enough for Ollama to load.

What it answers is noise; that it answers is what the tests need. Run by ``tests/grounds/ollama``, which installs
``numpy`` and ``gguf`` for it: ``python make_model.py FILE``, or ``python make_model.py FILE embedding`` for one that
Ollama takes as a model for embeddings, since it says how vectors are pooled.
"""

import sys

import gguf
import numpy as np

WIDTH = 64  # of an embedding; two heads of 32
HEADS = 2
HIDDEN = 128  # of the feed-forward step
BLOCKS = 2
CONTEXT = 2048  # tokens: KAG's longest check prompt is far below

SPECIAL = ["<s>", "</s>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}<|im_start|>assistant\n"
)


def byte_alphabet() -> list[str]:
    """Return GPT-2's 256 printable stand-ins for bytes: printable Latin-1 as it is, the rest moved beyond U+0100."""
    printable = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    moved = iter(range(0x100, 0x200))
    return [chr(byte) if byte in printable else chr(next(moved)) for byte in range(256)]


def add_tokenizer(writer: gguf.GGUFWriter) -> int:
    """Describe a tokenizer that reads byte by byte, and return the size of its vocabulary."""
    bytes_and_pair = [*byte_alphabet(), "he"]
    tokens = SPECIAL + bytes_and_pair
    kinds = [gguf.TokenType.CONTROL] * len(SPECIAL) + [gguf.TokenType.NORMAL] * len(bytes_and_pair)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["h e"])  # llama.cpp refuses a byte-pair tokenizer without any merge
    writer.add_bos_token_id(SPECIAL.index("<s>"))
    writer.add_eos_token_id(SPECIAL.index("<|im_end|>"))
    writer.add_chat_template(CHAT_TEMPLATE)
    return len(tokens)


def shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Return every tensor of the Llama architecture by its GGUF name, rows first."""
    found: dict[str, tuple[int, ...]] = {"token_embd": (vocabulary, WIDTH), "output": (vocabulary, WIDTH)}
    for block in range(BLOCKS):
        square = {f"blk.{block}.attn_{part}": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
        forward = {f"blk.{block}.ffn_{part}": (HIDDEN, WIDTH) for part in ("gate", "up")}
        norms = {f"blk.{block}.{part}_norm": (WIDTH,) for part in ("attn", "ffn")}
        found |= square | forward | norms | {f"blk.{block}.ffn_down": (WIDTH, HIDDEN)}
    return found | {"output_norm": (WIDTH,)}


def main(path: str, kind: str = "chat") -> None:
    """Write the model to ``path``; the same bytes every time."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    if kind == "embedding":
        writer.add_pooling_type(gguf.PoolingType.MEAN)
    vocabulary = add_tokenizer(writer)
    writer.add_vocab_size(vocabulary)
    random = np.random.default_rng(seed=0)
    for name, shape in shapes(vocabulary).items():
        noise = random.normal(0, 0.1, shape) if len(shape) > 1 else np.ones(shape)
        writer.add_tensor(f"{name}.weight", noise.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
