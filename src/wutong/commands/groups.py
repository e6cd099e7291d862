"""`wutong group`: groups of providers and programmes, which people can allow as a whole."""

import argparse

from wutong.commands.accounts import attach


def create(asked: argparse.Namespace) -> None:
    """Make a group or a programme."""
    attach(asked.data)
    from wutong.control.flows.manage_group import create_group

    create_group(asked.code, asked.name, name_zh=asked.name_zh, kind=asked.kind)
    print(f"{asked.code} is made. Next: wutong group join {asked.code} PROVIDER")


def join(asked: argparse.Namespace) -> None:
    """Enter a member."""
    attach(asked.data)
    from wutong.control.flows.manage_group import join_group

    join_group(asked.code, asked.provider)
    print(
        f"{asked.provider} belongs to {asked.code} now. Whoever allowed {asked.code} before is told, and 14 days later"
    )
    print("it may look at their records too; whoever allows it from now on is shown it among the members.")


def leave(asked: argparse.Namespace) -> None:
    """End a membership."""
    attach(asked.data)
    from wutong.control.flows.manage_group import leave_group

    leave_group(asked.code, asked.provider)
    print(f"{asked.provider} belongs to {asked.code} no more: nobody there may look through it from now on.")


def show(asked: argparse.Namespace) -> None:
    """Print codes, kinds and names, each with its members."""
    attach(asked.data)
    from wutong.control.people.queries.groups import groups, members_of
    from wutong.control.people.queries.providers import providers

    codes = {each.provider_id: each.code for each in providers()}
    for each in groups():
        members = " ".join(sorted(codes[member.provider_id] for member in members_of(each.group_id)))
        print(f"{each.code:12} {each.kind:10} {f'{each.name_en} {each.name_zh}'.strip()}")
        print(f"{'':12} {members}" if members else f"{'':12} (nobody is entered)")
