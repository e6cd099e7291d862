"""An operator keeps groups of providers and programmes, and people are told who joins: flow page docs/flows/manage_group.md."""

import secrets
from typing import Any

import groups
import psycopg
import pytest
from cast import OFFICE, Cast, Registered

from wutong import cli
from wutong.control.audit.append import HOST
from wutong.control.flows.manage_group import tell_of_new_member
from wutong.control.people.actions import persons
from wutong.control.people.queries.groups import members_of

_NOTICE = "select subject, body, language, channel from control.notice where person_id = %s and kind = 'group-member'"


def _code() -> str:
    return f"T{secrets.token_hex(4)}"


def _create(code: str, kind: str = "programme") -> int:
    return cli.main(["group", "create", code, "--name", "Chronic care", "--name-zh", "慢性病護理", "--kind", kind])


def _trail(superuser: psycopg.Connection, group: str) -> list[tuple[str, str, dict[str, Any]]]:
    query = "select event, caller_kind, detail from audit.event where detail ->> 'group' = %s order by at"
    return superuser.execute(query, [group]).fetchall()


def test_a_programme_is_made_joined_and_left(superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str]) -> None:
    code, clinic = _code(), groups.clinic()
    assert _create(code) == 0
    assert cli.main(["group", "join", code, clinic]) == 0
    assert "14 days later" in capsys.readouterr().out
    assert cli.main(["group", "list"]) == 0
    listed = capsys.readouterr().out
    assert f"{code:12} programme  Chronic care 慢性病護理" in listed
    assert f"{'':12} {clinic}" in listed
    assert cli.main(["group", "leave", code, clinic]) == 0
    [group] = (
        superuser.execute("select group_id::text from control.provider_group where code = %s", [code]).fetchone() or ()
    )
    told = {"group": group, "provider": str(groups.id_of(clinic))}
    assert _trail(superuser, group) == [
        ("group:create", "host", {"group": group, "code": code, "kind": "programme"}),
        ("group:change", "host", {**told, "member": "joined"}),
        ("group:change", "host", {**told, "member": "left"}),
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["create", "{new}", "--name", "A", "--kind", "club"], "There is no kind of group 'club'. Choose: group, programme."),
        (["create", "{new}", "--name", "A", "--kind", "whoever"], "There is no kind of group 'whoever'."),
        (["create", "{code}", "--name", "A", "--kind", "group"], "is taken already"),
        (["create", "two words", "--name", "A", "--kind", "group"], "spaces"),
        (["join", "{new}", "{clinic}"], "There is no group"),
        (["join", "WHOEVER", "{clinic}"], "There is no group WHOEVER that providers join"),
        (["join", "{code}", "{new}"], "There is no healthcare provider"),
        (["join", "{code}", OFFICE], "There is no healthcare provider OFFICE"),
        (["join", "{code}", "{member}"], "belongs to {code} already"),
        (["leave", "{code}", "{clinic}"], "does not belong to {code}"),
        (["leave", "WHOEVER", "{clinic}"], "There is no group WHOEVER"),
    ],
    ids=lambda each: " ".join(each[:2]) if isinstance(each, list) else "",
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_written(
    cast: Cast, superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    names = {"code": _code(), "new": _code(), "member": groups.clinic(), "clinic": groups.clinic()}
    _create(names["code"])
    cli.main(["group", "join", names["code"], names["member"]])
    counted = "select (select count(*) from control.provider_group), (select count(*) from control.group_member), (select count(*) from audit.event)"
    before = superuser.execute(counted).fetchone()
    assert cli.main(["group", *(each.format(**names) for each in asked)]) == 1
    assert said.format(**names) in capsys.readouterr().err
    assert superuser.execute(counted).fetchone() == before


def test_who_allowed_it_before_is_told_once_and_who_did_not_is_not(cast: Cast, superuser: psycopg.Connection) -> None:
    programme = groups.make("programme", groups.clinic(), name="Chronic care")
    allowing, withdrawn, later, child = (cast.register() for _ in range(4))
    for each in (allowing, withdrawn):
        programme.allow(each)
    programme.withdraw(withdrawn)
    clinic = groups.clinic()
    programme.join(clinic)
    programme.allow(later)
    assert programme.tell() == 1
    assert programme.tell() == 0
    assert _told(superuser, allowing)
    assert not any(_told(superuser, each) for each in (withdrawn, later, child))
    [(subject, body, _, _)] = _told(superuser, allowing)
    assert subject == "A healthcare provider joined those whom you allow"
    assert f"Clinic {clinic}" in body
    assert "Has joined: Chronic care" in body
    assert "http" not in body


def test_it_is_told_in_the_persons_language_also_in_short(cast: Cast, superuser: psycopg.Connection) -> None:
    programme, who = groups.make("programme"), cast.register()
    persons.set_contact(actor=HOST, person_id=who.person_id, phone="91234567", channel="sms", language="zh-hant")
    programme.allow(who)
    programme.join(groups.clinic())
    assert programme.tell() == 1
    [(subject, body, language, _)] = _told(superuser, who)
    assert language == "zh-hant"
    assert subject == "你允許的醫護提供者之中，有新成員加入"
    assert "Clinic" in body


def test_of_who_left_before_the_worker_came_nobody_is_told(cast: Cast, superuser: psycopg.Connection) -> None:
    programme, who, clinic = groups.make("programme"), cast.register(), groups.clinic()
    programme.allow(who)
    programme.join(clinic)
    [joined] = members_of(programme.group_id)
    programme.leave(clinic)
    assert tell_of_new_member(joined.membership_id) == 0
    assert _told(superuser, who) == []


def test_joining_asks_for_the_job_and_the_worker_knows_it(superuser: psycopg.Connection) -> None:
    from wutong.control import jobs

    programme, clinic = groups.make("programme"), groups.clinic()
    programme.join(clinic)
    [joined] = members_of(programme.group_id)
    asked = "select task_name from jobs.procrastinate_jobs where args ->> 'membership_id' = %s"
    [(task,)] = superuser.execute(asked, [str(joined.membership_id)]).fetchall()
    assert task in jobs.app.tasks


def _told(superuser: psycopg.Connection, who: Registered) -> list[tuple[Any, ...]]:
    return superuser.execute(_NOTICE, [who.person_id]).fetchall()
