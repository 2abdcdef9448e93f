"""Words in messages and labels stay words."""

from __future__ import annotations

import pytest

from dashboard.components.plain import JOINER, plain


@pytest.mark.parametrize("text", ["[m](http://evil.example)", "![m](x)", "**粗**", "`代码`", "<b>", ":red[x]", "$x^2$", "# 一", "- 一", "a|b", "\\", "~~x~~"])
def test_every_sign_that_markdown_reads_is_escaped(text):
    said = plain(text)
    assert said.replace(JOINER, "").replace("\\", "") == text.replace("\\", "")
    assert all(said[i - 1] == "\\" for i, sign in enumerate(said) if sign in "[](){}*`<>$#|~!" and i) and said[0] in "\\" + text[:1]


@pytest.mark.parametrize("text", ["https://evil.example", "HTTP://evil.example", "www.evil.example", "m@evil.example"])
def test_a_bare_address_is_none(text):
    assert JOINER in plain(text)


def test_ordinary_words_are_left_alone():
    assert plain("龙坝镇月报已审核通过，共 3 处。") == "龙坝镇月报已审核通过，共 3 处。"
