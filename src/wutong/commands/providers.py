"""`wutong provider`: the healthcare providers that clients and professionals belong to."""

import argparse

from wutong.commands.accounts import attach


def create(asked: argparse.Namespace) -> None:
    """Register a provider."""
    attach(asked.data)
    from wutong.control.flows.register_provider import register_provider

    register_provider(asked.code, asked.name, name_zh=asked.name_zh, kind=asked.kind, is_deemed=asked.deemed)
    print(f"{asked.code} is registered. Next: wutong client create --provider {asked.code} …, or wutong user create …")


def show(asked: argparse.Namespace) -> None:
    """Print codes, names and kinds; a deemed one is marked."""
    attach(asked.data)
    from wutong.control.people.queries.providers import providers

    for each in providers():
        names = f"{each.name_en} {each.name_zh}".strip()
        print(f"{each.code:12} {each.kind:24} {'deemed' if each.is_deemed else '':8} {names}")
