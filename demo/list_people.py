"""Prints the people of the district as the table in README.md: `.venv/bin/python demo/list_people.py`."""

from wutong import district
from wutong.core import hkid
from wutong.district import District, Person


def table(whole: District) -> str:
    """A Markdown table, one line a person."""
    lines = [_line(whole, person) for person in whole.people]
    return "\n".join(["| name | HKID | born | told by | signs in as | allows |", "|---|---|---|---|---|---|", *lines])


def _line(whole: District, person: Person) -> str:
    name = f"{person.family_name} {person.given_name} {person.name_zh}"
    allows = ", ".join(
        f"{each.provider_code} ({each.kind})" for each in whole.consents if each.person_key == person.key
    )
    signs_in = f"`{person.sign_in_name}`" if person.sign_in_name else ""
    cells = (name, hkid.bracketed(person.hkid), person.birth_date, person.channel, signs_in, allows)
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    print(table(district.shipped()))
