"""The desk's own components: who stands there, as far as a desk needs to know."""

from wutong.control.pages.gallery import Component
from wutong.control.workspace.desk_presenters import picture_of

_SOMEBODY = {"masked_document": "QX16••••(•)", "end_of_number": "2043"}

COMPONENTS = (
    Component(
        "code",
        "workspace/desk_parts.jinja",
        "A QR code that a telephone scans, drawn as an SVG.",
        "what somebody must be able to read: say that in words.",
        {"filled": "{{ code(drawing) }}"},
        {"drawing": picture_of("https://example.org/portal/at-a-desk/0123456789/")},
    ),
    Component(
        "at_desk",
        "workspace/desk_parts.jinja",
        "Who stands at the desk, without a name, and how their consent to this provider stands.",
        "a record that is open: that says whose it is with `banner`.",
        {
            "filled": '{{ at_desk(somebody, "Harbour Family Clinic may not look: there is no sharing consent.") }}',
            "empty": '{{ at_desk(unknown, "Harbour Family Clinic may not look: there is no sharing consent.") }}',
            "long": "{{ at_desk(somebody, long) }}",
            "chinese": '{{ at_desk(somebody, "海港家庭診所不可取覽：沒有互通同意。") }}',
        },
        {
            "somebody": _SOMEBODY,
            "unknown": {**_SOMEBODY, "masked_document": ""},
            "long": "Wutong Estate Community Rehabilitation and Family Medicine Centre of the Parasol Tree Foundation "
            "may not look: the sharing consent ended on 30 November 2026.",
        },
    ),
)
