"""Reading Markdown as the tests of the documentation need it: code, headings, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_FENCE = re.compile(r"^( *)```([\w-]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    language: str
    code: str


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        return [Block(language, code) for _, language, code in _FENCE.findall(self.text)]

    @cached_property
    def prose(self) -> str:
        """Everything but the blocks of code."""
        return _FENCE.sub("", self.text)

    @cached_property
    def spans(self) -> list[str]:
        """What stands between backticks in the prose."""
        return _SPAN.findall(self.prose)

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """(level, text) of each heading."""
        return [(len(marks), text) for marks, text in re.findall(r"^(#+) (.+)$", self.prose, re.MULTILINE)]

    @cached_property
    def anchors(self) -> set[str]:
        """What a link to this page may name after `#`, as GitHub makes it of headings."""
        return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for _, text in self.headings}

    def links(self) -> Iterator[str]:
        """The targets of links and images."""
        for link, image in _LINK.findall(_SPAN.sub("", self.prose)):
            yield link or image

    def code(self) -> Iterator[str]:
        """Each line of each block, and each span."""
        for block in self.blocks:
            yield from block.code.splitlines()
        yield from self.spans
