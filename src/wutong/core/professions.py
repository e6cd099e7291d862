"""The groups of healthcare professionals whose rights the role matrix sets. Source: domain dossier 4.1 (Cap. 625)."""

from collections.abc import Mapping

# code: English, 繁體中文; in the order of the law's list, which pages keep
PROFESSION_NAMES: Mapping[str, tuple[str, str]] = {
    "DOC": ("Doctor", "醫生"),
    "NUR": ("Nurse", "護士"),
    "MID": ("Midwife", "助產士"),
    "DEN": ("Dentist", "牙醫"),
    "PHA": ("Pharmacist", "藥劑師"),
    "MLT": ("Medical laboratory technologist", "醫務化驗師"),
    "OT": ("Occupational therapist", "職業治療師"),
    "OPT": ("Optometrist", "視光師"),
    "RAD": ("Radiographer", "放射技師"),
    "PT": ("Physiotherapist", "物理治療師"),
    "CMP": ("Chinese medicine practitioner", "中醫"),
    "DHY": ("Dental hygienist", "牙齒衞生員"),
    "CHI": ("Chiropractor", "脊醫"),
}
