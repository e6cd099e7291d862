"""Is a narrative safe to show? Source: HL7 FHIR R4, narrative page, rules txt-1 and txt-2; its tags and attributes.

Beyond the page: nothing in it may make the reader's browser fetch something from elsewhere: that would tell who reads.
"""

import re
from html.entities import name2codepoint
from typing import Any
from xml.parsers import expat

from wutong.record.definitions import r4
from wutong.record.profiles.issues import Place, Run

_XHTML = "http://www.w3.org/1999/xhtml"
_ALWAYS = frozenset({"xmlns", "xml:lang", "xml:space"})
_ADDRESSES = frozenset({"href", "src", "cite", "longdesc"})
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_AROUND = "".join(map(chr, range(0x21)))
_LINKS = frozenset({"http", "https", "ftp", "mailto", "tel"})
_ENTRY = re.compile(r"urn:(?:uuid|oid):", re.IGNORECASE)  # another entry of the same bundle; no browser fetches it
_IMAGE = re.compile(r"data:\s?image/(?:png|jpeg|gif|webp);base64,", re.IGNORECASE)
# What a style may fetch: an image beside it, or one that it carries itself.
_OWN_IMAGE = re.compile(
    r"""url\(\s*(["']?)(?:(?!//)[\w./-]+|data:\s?image/(?:png|jpeg|gif|webp);base64,[\w+/=\s]+)\1\s*\)"""
)
_STYLE_FETCHES = re.compile(r"url|import|expression|binding|behaviou?r|javascript|[\\<@]|/\*", re.IGNORECASE)


class _Wrong(Exception):
    """The first fault in a narrative, as a sentence."""

    rule = "txt-1"


class _SaysNothing(_Wrong):
    rule = "txt-2"


def narrative(value: dict[str, Any], place: Place, run: Run) -> None:
    """The rule of the type Narrative."""
    div = value.get("div")
    if type(div) is not str or not div:
        return
    try:
        _Reader().read(div)
    except _Wrong as wrong:
        run.say("invariant", (place, "div"), f"{wrong.rule}: {wrong}")
    except expat.ExpatError as wrong:
        reason = expat.ErrorString(wrong.code)
        run.say("structure", (place, "div"), f"The narrative is not well-formed XHTML: {reason}. Mend or leave it out.")


class _Reader:
    """Reads one narrative; raises at the first fault."""

    def __init__(self) -> None:
        self._definitions = r4()
        self._has_root = False
        self._has_content = False
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.UseForeignDTD(True)  # so that &nbsp; and its like are told to _entity
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.SkippedEntityHandler = self._entity
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._characters

    def read(self, div: str) -> None:
        self._parser.Parse(div, True)
        if not self._has_content:
            raise _SaysNothing("The narrative says nothing. Write some text, or leave it out.")

    def _start(self, tag: str, attributes: list[str]) -> None:
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        if not self._has_root:
            self._root(tag, dict(pairs))
        if tag not in self._definitions.narrative_tags:
            raise _Wrong(f"A narrative may not contain <{tag[:30]}>. Leave it out.")
        for name, value in pairs:
            self._attribute(tag, name, value)
        if tag == "img":
            self._has_content = True

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        self._has_root = True
        if tag != "div" or attributes.get("xmlns") != _XHTML:
            raise _Wrong(f'The narrative must be one <div xmlns="{_XHTML}">.')

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in self._definitions.narrative_attributes and name not in _ALWAYS:
            raise _Wrong(f"A narrative may not have the attribute {name[:30]!r} (on <{tag}>). Leave it out.")
        if name == "xmlns" and value != _XHTML:
            raise _Wrong("A narrative has no other namespace than XHTML's.")
        if name == "style" and _STYLE_FETCHES.search(_OWN_IMAGE.sub("", value)):
            raise _Wrong(f"The style on <{tag}> may neither fetch nor run anything. Keep to plain properties.")
        if name in _ADDRESSES and not _is_harmless(value, is_fetched=name in {"src", "longdesc"}):
            raise _Wrong(f"The {name} on <{tag}> may not lead outside or run anything. Leave it out.")

    def _characters(self, text: str) -> None:
        if not text.isspace():
            self._has_content = True

    def _entity(self, name: str, is_parameter: bool) -> None:
        if is_parameter or name not in name2codepoint:
            raise _Wrong(f"The narrative uses an entity that nobody knows: &{name[:30]};. Write the character itself.")

    def _doctype(self, *_: Any) -> None:
        raise _Wrong("A narrative has no document type. Leave <!DOCTYPE …> out.")

    def _instruction(self, target: str, _: str) -> None:
        raise _Wrong(f"A narrative has no processing instructions. Leave <?{target[:30]} …?> out.")


def _is_harmless(address: str, *, is_fetched: bool) -> bool:
    """A link may lead outside, for a person decides to follow it; what is fetched without asking may not."""
    # As browsers read an address: they drop what stands around it and breaks inside it, and turn \\ into /.
    read = re.sub(r"[\t\r\n]", "", address).strip(_AROUND).replace("\\", "/")
    scheme = _SCHEME.match(read)
    if _ENTRY.match(read):
        return True
    if is_fetched and (scheme or read.startswith("//")):
        return _IMAGE.match(read) is not None
    return scheme is None or scheme[1].lower() in _LINKS
