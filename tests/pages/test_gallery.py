"""The gallery: every component with its fixtures; what pages use and it does not show makes these tests fail."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.utils.translation import override
from jinja2 import nodes
from playwright.sync_api import Browser

from pages.browser import WIDTHS
from pages.languages import OFFERED
from pages.walker import Walker
from wutong.control.pages.gallery import STATES, Component, by_room, examples

_CONTROL = Path(__file__).parents[2] / "src" / "wutong" / "control"
_OWN = {f"pages/gallery{part}.jinja" for part in ("", "_parts", "_room")}  # show components, and are none
_FRAME = {"base.jinja"}  # around every page, so every journey sees it
# The categories of the system are the platform's own list, so are the parts of a record; a leaflet names a group only if it
# has any, and a change of the role matrix has a cell.
_NEVER_EMPTY = {"public/scope.jinja", "public/profession.jinja", "console/role_change.jinja", "portal/record.jinja"}
_WIDTH_OF_PICTURES = 640
_BARE = re.compile(r"<(?:table|select|textarea|details|fieldset|button)\b|<input (?!type=\"hidden\")")
_JINJA = re.compile(r"{[{%#].*?[#%}]}", re.DOTALL)
_CLASSES = re.compile(r'class="([^"]*)"')


def _templates() -> dict[str, str]:
    found = [path for pattern in ("*.jinja", "*.html") for path in _CONTROL.rglob(f"jinja2/**/{pattern}")]
    return {path.as_posix().rpartition("/jinja2/")[2]: path.read_text(encoding="utf-8") for path in found}


def _parsed(text: str) -> nodes.Template:
    parsed: nodes.Template = engines["jinja2"].env.parse(text)
    return parsed


def _components() -> Iterator[Component]:
    for held in by_room().values():
        yield from held


TEMPLATES = _templates()
# A file that extends nothing holds components, the frame of all pages excepted.
COMPONENT_FILES = [name for name, text in TEMPLATES.items() if "{% extends" not in text and name not in _FRAME | _OWN]
PAGES = [name for name in TEMPLATES if name not in COMPONENT_FILES and name not in _OWN]


def _macros(name: str) -> list[nodes.Macro]:
    """What others may import of a file; Jinja lets nobody import a macro whose name begins with `_`."""
    return [macro for macro in _parsed(TEMPLATES[name]).find_all(nodes.Macro) if not macro.name.startswith("_")]


def test_every_macro_has_its_fixtures() -> None:
    macros = {(name, macro.name) for name in COMPONENT_FILES for macro in _macros(name)}
    shown = {(each.source, each.name) for each in _components()}
    assert len(macros) > 15
    missing = sorted(macros - shown)
    assert missing == [], f"show {missing} in the gallery: add a Component to the fixtures.py of its room"


def test_the_gallery_shows_nothing_that_is_gone() -> None:
    for each in _components():
        assert not each.source or each.source.startswith("nhsuk/") or f"macro {each.name}(" in TEMPLATES[each.source]


def test_every_component_says_what_it_is_for_and_what_not() -> None:
    for each in _components():
        assert each.purpose
        assert each.not_for
        assert set(each.examples) <= set(STATES), f"{each.name}: states are {STATES}"
        assert set(each.examples) & {"filled", "error"}, f"{each.name}: show it with something in it"


def test_what_takes_a_form_is_shown_with_an_error() -> None:
    by_name = {(each.source, each.name): each for each in _components()}
    for name in COMPONENT_FILES:
        for macro in _macros(name):
            if any(argument.name == "form" for argument in macro.args):
                assert "error" in by_name[name, macro.name].examples, macro.name


@pytest.mark.parametrize("name", PAGES)
def test_pages_use_the_components_of_others_only_as_the_gallery_shows_them(name: str) -> None:
    shown = {(each.source, each.name) for each in _components()}
    for used in _parsed(TEMPLATES[name]).find_all(nodes.FromImport):
        assert isinstance(used.template, nodes.Const)
        source = str(used.template.value)
        macros = {each if isinstance(each, str) else each[0] for each in used.names}
        missing = {(source, macro) for macro in macros} - shown
        assert missing == set(), f"{name} uses {missing}: use ours, or show it in control/pages/fixtures.py"


@pytest.mark.parametrize("name", PAGES)
def test_pages_write_no_control_by_hand(name: str) -> None:
    if name in _FRAME:
        return
    found = _BARE.findall(_JINJA.sub("", TEMPLATES[name]))
    assert found == [], f"{name}: use a component, or make one in pages/parts.jinja; it owns label, hint and error"


def _classes(html: str) -> set[str]:
    return {word for found in _CLASSES.findall(html) for word in found.split()}


def _written(text: str) -> set[str]:
    """Classes that a template writes out; one that is put together counts with its beginning alone."""
    return {word for word in _classes(_JINJA.sub("…", text)) if "…" not in word}


def test_every_class_that_a_page_writes_is_in_the_gallery() -> None:
    with override("en"):
        shown = set[str]().union(*(_classes(one.html) for each in _components() for one in examples(each)))
    missing = {name: sorted(_written(TEMPLATES[name]) - shown) for name in PAGES if name not in _FRAME}
    missing = {name: classes for name, classes in missing.items() if classes}
    assert missing == {}, f"{missing}: show the pattern in the fixtures.py of its room, with a name and a purpose"


def _lists(parsed: nodes.Template) -> Iterator[tuple[int, bool]]:
    """Each loop that writes entries of a list, and whether something is said where there are none."""

    def walk(node: nodes.Node, is_answered: bool) -> Iterator[tuple[int, bool]]:
        if isinstance(node, nodes.Macro):
            return
        if isinstance(node, nodes.For) and any(re.search("<(li|tr)", each.data) for each in _data(node)):
            yield node.lineno, is_answered or any(True for _ in _data(node, "else_"))
            return
        for name, child in _children(node):
            within = isinstance(node, nodes.If) and name == "body" and any(True for _ in _data(node, "else_"))
            yield from walk(child, is_answered or within)

    yield from walk(parsed, False)


def _children(node: nodes.Node) -> Iterator[tuple[str, nodes.Node]]:
    for name, value in node.iter_fields():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, nodes.Node):
                yield name, child


def _data(node: nodes.Node, part: str = "body") -> Iterator[nodes.TemplateData]:
    for child in getattr(node, part):
        if isinstance(child, nodes.TemplateData):
            yield child
        yield from child.find_all(nodes.TemplateData)


@pytest.mark.parametrize("name", [each for each in PAGES if each not in _NEVER_EMPTY])
def test_a_list_says_what_to_do_while_it_is_empty(name: str) -> None:
    mute = [line for line, is_answered in _lists(_parsed(TEMPLATES[name])) if not is_answered]
    assert mute == [], f"{name}, lines {mute}: `{{% else %}}` and `empty(text, address, action)` of pages/parts.jinja"


def test_a_list_that_says_nothing_while_it_is_empty_is_seen() -> None:
    assert list(_lists(_parsed("<ul>{% for x in y %}<li>{{ x }}</li>{% endfor %}</ul>"))) == [(1, False)]
    said = "{% if y %}<ul>{% for x in y %}<li>{{ x }}</li>{% endfor %}</ul>{% else %}Nothing. Ask.{% endif %}"
    assert list(_lists(_parsed(said))) == [(1, True)]


@pytest.mark.browser
@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_any_component(browser: Browser, server: str, width: int, language: str) -> None:
    walker = Walker(browser, server, width, language, start="/components/")  # axe reads the page
    for room, held in by_room().items():
        walker.press(room)
        assert walker.page.locator(".wt-component").count() == len(held)
        walker.press("Back to all components")


@pytest.mark.browser
def test_pictures_of_the_gallery(browser: Browser, server: str) -> None:
    for room in by_room():
        walker = Walker(browser, server, _WIDTH_OF_PICTURES, start=f"/components/{room}/")
        for each in walker.page.locator(".wt-component").all():
            walker.take_picture(f"gallery/{each.get_attribute('id')}", of=each)
