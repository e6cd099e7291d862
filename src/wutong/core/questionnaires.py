"""LOINC codes of answers and scores of questionnaires and of social history: what people say, not what was measured.

Systems send them under any label (Synthea: as laboratory results); the code leaves no doubt. Panels with their members,
checked at loinc.org (classes SURVEY.* and PANEL.SURVEY.*, or members of such a panel); no laboratory code is in it.
"""

from collections.abc import Mapping

_PANELS: Mapping[str, str] = {
    "PRAPARE: housing, money, work, safety, refuge, prison": """
        93025-5 93043-8 56051-6 32624-9 93035-4 93034-7 54899-0
        93042-0 63512-8 71802-3 93033-9 56799-0
        93041-2 82589-3 67875-5 76437-3 63586-2 93031-3 93030-5
        93040-4 93029-7 93038-8 93039-6 93028-9 93027-1 93026-3 76501-6""",
    "HARK: abuse by a partner": "76499-3 76500-8 76501-6 76502-4 76503-2 76504-0",
    "PHQ-2, PHQ-9, PHQ-9 for teens: depression": """
        55757-9 55758-7 44249-1 44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8 44261-6
        89206-7 89204-2""",
    "GAD-7: anxiety": "69737-5 69725-0 68509-9 69733-4 69734-2 69735-9 69689-8 69736-7 70274-6",
    "AUDIT-C: alcohol": "72109-2 68517-2 68518-0 68519-8 68520-6 75626-2",
    "DAST-10: drugs": "82666-9 82667-7",
    "Morse: risk of falls": "59453-1 59454-9 59455-6 59456-4 59457-2 59458-0 59459-8 59460-6 59461-4",
    "social history: smoking, sexual orientation, abuse, insurance": "72166-2 76690-7 28245-9 63513-6",
}
CODES = frozenset(code for members in _PANELS.values() for code in members.split())
