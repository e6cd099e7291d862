"""Narratives that are safe to show, and those that are not."""

import time

import pytest

from wutong.record.profiles import Issue, check

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
PIXEL = "data:image/png;base64,iVBORw0KGgo="


def issues(div: str) -> list[Issue]:
    return check({"resourceType": "Basic", "code": {"text": "x"}, "text": {"status": "generated", "div": div}})


@pytest.mark.parametrize(
    "inside",
    [
        "plain",
        "陳大文 &amp; 1 &lt; 2 &#160; &nbsp; &eacute;",
        "<p>Heart rate <b>72</b></p><table class='x'><tr><td colspan='2'>1</td></tr></table>",
        '<a href="https://example.org/page#part">a</a> <a name="here">b</a> <a href="#here">c</a> <a href="Patient/1">d</a>',
        '<a href="mailto:a@example.org">write</a>',
        f'<img src="{PIXEL}" alt="dot"/>',
        '<img src="#image1"/>',
        '<img src="Binary/1"/>',
        '<p style="color: red; background-image: url(dot.png)">x</p>',
        f"<p style=\"background: url('{PIXEL}')\">x</p>",
        '<p xml:lang="zh-HK" lang="zh-HK">中文</p>',
        "<!-- a remark --> x",
        "<![CDATA[x < y]]>",
        "the word javascript: and on = in a text",
    ],
)
def test_what_is_harmless_is_accepted(inside: str) -> None:
    assert issues(f"<div {XHTML}>{inside}</div>") == []


def test_a_div_without_namespace_is_refused() -> None:
    [found] = issues("<div>x</div>")
    assert XHTML in found.message
    assert issues(f"<div {XHTML}>x</div>") == []


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>x",
        "<SCRIPT>x</SCRIPT>",
        "<style>p {}</style>x",
        "<iframe>x</iframe>",
        "<object>x</object>",
        "<embed/>x",
        "<form><p>x</p></form>",
        "<input/>x",
        '<link rel="stylesheet" href="x.css"/>x',
        '<base href="https://example.org"/>x',
        "<svg>x</svg>",
        '<svg xmlns="http://www.w3.org/2000/svg">x</svg>',
        '<p xmlns="http://www.w3.org/2000/svg">x</p>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">x</h:script>',
        '<p onclick="x()">x</p>',
        '<img onerror="x()" src="#a"/>',
        '<a href="javascript:x()">x</a>',
        '<a href=" java&#10;script:x()">x</a>',
        '<a href="&#106;avascript:x()">x</a>',
        '<a href="JaVaScRiPt:x()">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<a href="vbscript:x">x</a>',
        '<img src="https://example.org/who-reads.png"/>',
        '<img src="//example.org/who-reads.png"/>',
        '<img src=" //example.org/who-reads.png"/>',
        '<img src="\\\\example.org/who-reads.png"/>',
        '<img src="/&#9;/example.org/who-reads.png"/>',
        '<img src="/\\example.org/who-reads.png"/>',
        '<img src="data:image/svg+xml;base64,AAAA"/>',
        '<p style="background: url(https://example.org/x.png)">x</p>',
        '<p style="background: url(//example.org/x.png)">x</p>',
        '<p style="background: u\\72l(https://example.org/x.png)">x</p>',
        '<p style="background: u/**/rl(https://example.org/x.png)">x</p>',
        '<p style="width: expression(x())">x</p>',
        '<p style="-moz-binding: url(x)">x</p>',
        '<p style="@import x">x</p>',
        "<p>&unheard;</p>",
        "<?php x ?>x",
        "",
        " <p> </p> ",
    ],
)  # fmt: skip
def test_what_could_harm_or_says_nothing_is_refused(inside: str) -> None:
    found = issues(f"<div {XHTML}>{inside}</div>")
    assert [(issue.code, issue.place) for issue in found] == [("invariant", "Basic.text.div")]


@pytest.mark.parametrize(
    "div",
    ["text", "<p>x</p>", f"<div {XHTML}>x", f"<div {XHTML}>x</p></div>", f"<div {XHTML}>x</div><div>y</div>",
     f"<div {XHTML} {XHTML}>x</div>", "<div xmlns='http://example.org'>x</div>", f"<div {XHTML}>a & b</div>",
     f"<body><div {XHTML}>x</div></body>", f"<div {XHTML}><p class=x>y</p></div>"],
)  # fmt: skip
def test_what_is_not_one_well_formed_div_is_refused(div: str) -> None:
    assert [issue.place for issue in issues(div)] == ["Basic.text.div"]


@pytest.mark.parametrize("div", [1, None, "", ["<div>x</div>"], {"div": "x"}])
def test_a_div_that_is_no_text_is_refused_once(div: object) -> None:
    assert len(issues(div)) == 1  # type: ignore[arg-type]


def test_entities_are_not_expanded() -> None:
    laughs = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"&l" + str(n - 1) + ";" if n else ""}">'
        for n in range(40)
    )
    began = time.process_time()
    found = issues(f"<!DOCTYPE div [{laughs}]><div {XHTML}>&l39;</div>")
    assert "document type" in found[0].message
    outside = issues(f'<!DOCTYPE div [<!ENTITY x SYSTEM "file:///etc/hostname">]><div {XHTML}>&x;</div>')
    assert "document type" in outside[0].message
    assert time.process_time() - began < 2


def test_a_deep_narrative_is_no_burden() -> None:
    deep = "<b>" * 100_000 + "x" + "</b>" * 100_000
    assert issues(f"<div {XHTML}>{deep}</div>") == []
