"""What one token says, for people to read."""

from __future__ import annotations

import re
from typing import Any

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_WORD_START = "▁"  # SentencePiece's mark of a space before a word
_FALLBACK_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def _bytes_by_character() -> dict[str, int]:
    """The characters that stand for bytes in byte-level vocabularies (Radford et al. 2019, GPT-2): printable Latin-1
    for itself, the characters from U+0100 on for the bytes that are left."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + index): byte for index, byte in enumerate(others)}


_BYTES = _bytes_by_character()


def token_text(tokenizer: Any, token: int) -> str:
    """The text of a token by itself.

    Special tokens are spelt out, a word keeps the space before it, and bytes that are only a part of a character are
    escaped as `\\xe2`.

    Args:
        tokenizer: a Hugging Face tokenizer.
        token: an id; one that the tokenizer does not know, as models with a padded vocabulary can sample, is shown
            as a number.
    """
    piece = tokenizer.convert_ids_to_tokens(token)
    if not piece:
        return f"<{token}>"
    text = tokenizer.decode([token], skip_special_tokens=False, clean_up_tokenization_spaces=False)
    if _REPLACEMENT in text:
        return _escaped(piece) or text
    return f" {text}" if piece.startswith(_WORD_START) and not text.startswith(" ") else text


def _escaped(piece: str) -> str | None:
    """The bytes a vocabulary's piece stands for, as text; None where it does not stand for bytes."""
    fallback = _FALLBACK_BYTE.fullmatch(piece)
    if fallback:
        content = bytes([int(fallback[1], 16)])
    elif all(character in _BYTES for character in piece):
        content = bytes(_BYTES[character] for character in piece)
    else:
        return None
    return content.decode("utf-8", "backslashreplace")
