"""Names for invented people, romanised as Hong Kong does, with the Chinese characters."""

from random import Random

_FAMILIES = """
CHAN 陳 WONG 黃 LEE 李 CHEUNG 張 LAU 劉 NG 吳 LEUNG 梁 CHENG 鄭 HO 何 LAM 林 YEUNG 楊 TSANG 曾 CHOW 周 FUNG 馮 TANG 鄧
YIP 葉 KWOK 郭 LO 羅 SO 蘇 MAK 麥 TSE 謝 POON 潘 YUEN 袁 CHOI 蔡 SIU 蕭 HUI 許 TO 杜 KWAN 關 LUI 呂 SZETO 司徒
"""
_FIRST = {
    "M": "Chi 志 Ka 家 Kwok 國 Wing 永 Chun 俊 Wai 偉 Ho 浩 Tsz 子 Man 文 Hin 顯 Kin 健 Yiu 耀 Chung 忠 Sai 世 Lok 樂",
    "F": "Mei 美 Ka 嘉 Wing 詠 Lai 麗 Suk 淑 Yuk 玉 Hoi 凱 Tsz 子 Wai 慧 Sau 秀 Siu 小 Yuen 婉 Pui 佩 Ching 靜 Nga 雅",
}
_SECOND = {
    "M": "Keung 強 Ming 明 Wah 華 Hong 康 Kit 傑 Yin 然 Lun 倫 Fai 輝 Shing 成 Sum 森 Leung 良 Pang 鵬 Tak 德 Chiu 超",
    "F": "Ling 玲 Yan 欣 Wah 華 Yee 儀 Lan 蘭 Ching 晴 Fong 芳 Ying 瑩 Ting 婷 Man 敏 Ha 霞 Kuen 娟 Shan 珊 Chun 珍",
}


def _pairs(text: str) -> list[tuple[str, str]]:
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


def draw(chance: Random, sex: str) -> tuple[str, str, str]:
    """A family name, a given name and the Chinese name of somebody of that sex (M or F)."""
    family, family_zh = chance.choice(_pairs(_FAMILIES))
    first, first_zh = chance.choice(_pairs(_FIRST[sex]))
    second, second_zh = chance.choice(_pairs(_SECOND[sex]))
    return family, f"{first} {second}", f"{family_zh}{first_zh}{second_zh}"
