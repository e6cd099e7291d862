"""Invented addresses and numbers in Hong Kong's form. Districts: domain dossier 13.1.

The estates and streets do not exist. Telephone numbers begin with 0, which no subscriber number in Hong Kong does, so
that nobody's telephone rings; e-mail goes to example.org, which RFC 2606 keeps for examples.
"""

from random import Random

HONG_KONG_ISLAND, KOWLOON, NEW_TERRITORIES = "Hong Kong Island", "Kowloon", "New Territories"

DISTRICTS = {
    "CW": ("Central and Western", "中西區", HONG_KONG_ISLAND),
    "EA": ("Eastern", "東區", HONG_KONG_ISLAND),
    "SO": ("Southern", "南區", HONG_KONG_ISLAND),
    "WC": ("Wan Chai", "灣仔區", HONG_KONG_ISLAND),
    "KC": ("Kowloon City", "九龍城區", KOWLOON),
    "KT": ("Kwun Tong", "觀塘區", KOWLOON),
    "SSP": ("Sham Shui Po", "深水埗區", KOWLOON),
    "WTS": ("Wong Tai Sin", "黃大仙區", KOWLOON),
    "YTM": ("Yau Tsim Mong", "油尖旺區", KOWLOON),
    "IS": ("Islands", "離島區", NEW_TERRITORIES),
    "KWT": ("Kwai Tsing", "葵青區", NEW_TERRITORIES),
    "NO": ("North", "北區", NEW_TERRITORIES),
    "SK": ("Sai Kung", "西貢區", NEW_TERRITORIES),
    "ST": ("Sha Tin", "沙田區", NEW_TERRITORIES),
    "TP": ("Tai Po", "大埔區", NEW_TERRITORIES),
    "TW": ("Tsuen Wan", "荃灣區", NEW_TERRITORIES),
    "TM": ("Tuen Mun", "屯門區", NEW_TERRITORIES),
    "YL": ("Yuen Long", "元朗區", NEW_TERRITORIES),
}

_ESTATES = (
    "Parasol Court",
    "Kapok Garden",
    "Banyan Terrace",
    "Egret Bay Estate",
    "Bauhinia House",
    "Camphor Mansion",
    "Nine Pines Estate",
    "Lychee Court",
)


def address(chance: Random) -> list[str]:
    """The two lines before the district."""
    flat, floor, block = chance.choice("ABCDEFGH"), chance.randint(2, 36), chance.randint(1, 9)
    return [f"Flat {flat}, {floor}/F, Block {block}", chance.choice(_ESTATES)]


def in_one_line(lines: list[str], district: str) -> str:
    """An address as a letter has it."""
    name, _, region = DISTRICTS[district]
    return ", ".join([*lines, name, region, "Hong Kong"])


def phone(chance: Random) -> str:
    """Eight digits after the territory's code; none of them can be dialled."""
    return f"+852 0{chance.randint(0, 999):03} {chance.randint(0, 9999):04}"


def email(sign_in_name: str) -> str:
    """A mailbox that cannot exist."""
    return f"{sign_in_name}@example.org"
