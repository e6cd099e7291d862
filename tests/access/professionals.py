"""Reasons to refuse a professional, and what one is shown (see access.oracle)."""

from collections.abc import Callable

from access.reasons import (
    Answer,
    Rule,
    consent_is_not_in_force,
    first,
    person_is_not_active,
    person_is_not_known,
    provider_is_not_active,
    sign_in_is_too_weak,
)
from access.situations import TRACES, Shown, Shows, Situation


def act_is_none_of_a_professional(s: Situation) -> str | None:
    """House 6.1: systems deposit. Decision 0012: patients count."""
    return "no-rule" if s.act in ("write", "count") else None


def names_no_patient(s: Situation) -> str | None:
    """House 6.1, ticket kinds: a clinician's search must name a patient."""
    return "name-patient" if s.names == "nothing" and s.person == "not known" else None


def patient_keeps_out(s: Situation) -> str | None:
    """Decision 0037: a provider or a professional that is closed is refused, after the consent was looked at."""
    return None if s.closed_to == "nobody" else "withheld-by-person"


def patient_keeps_the_professional_out(s: Situation) -> str | None:
    """Decision 0037: emergency access is not for a professional who is closed; a closed provider is as one without consent."""
    return "withheld-by-person" if s.closed_to == "professional" else None


def licence_is_over(s: Situation) -> str | None:
    """Dossier 4.1: the groups are those registered by law. Its last day still counts; an unknown one is none (default deny)."""
    return None if s.licence in ("current", "its last day") else "professional-registration-ended"


def no_look_is_open(s: Situation) -> str | None:
    """R-02, R-03, house 6.1: purpose and ground are stated first, and hold for thirty minutes."""
    return None if s.look == "open" else "record-not-opened"


# Decision 0039: how many days before it begins, and after it ends, each kind of evidence holds.
DAYS = {
    "appointment": (14, 14),
    "attendance": (0, 90),
    "emergency-attendance": (0, 90),
    "admission": (0, 90),
    "referral": (0, 180),
    "enrolment": (0, 0),
    "dispensing": (0, 90),
}


def goes_on(shows: Shows) -> bool:
    """Decision 0039: a stay, or an enrolment, of which no end is known, and which has not ended."""
    is_stay = shows.kind == "admission" and shows.status in ("in-progress", "onleave")
    return shows.ends == "never" and (is_stay or shows.kind == "enrolment")


def care_shown(s: Situation) -> str:
    """R-02: appointment, attendance, stay, referral, enrolment, dispensing, in its days; never what is hidden (0039)."""
    shows = TRACES.get(s.trace)
    if shows is None or s.trace_day == "too early" or (s.trace_day == "too late" and not goes_on(shows)):
        return ""
    is_part_closed = s.parts_closed and s.trace_marked != "no"
    if is_part_closed or "A" in s.closed:
        return ""
    is_referral_seen = shows.kind == "referral" and role(s, "A") == "G"
    return shows.kind if s.trace_by == "own" or is_referral_seen else ""


def care_is_not_stated(s: Situation) -> str | None:
    """R-02: without evidence the professional says why: some words, no more than 500 characters, that can be read."""
    return None if care_shown(s) or s.reason in ("stated", "500 characters") else "care-not-stated"


def emergency_is_off(s: Situation) -> str | None:
    """Dossier 0.8, security 1.5: off by policy, by default."""
    return None if s.emergency_on else "emergency-off"


def sign_in_is_too_weak_for_an_emergency(s: Situation) -> str | None:
    """Security dossier 0, 1.5: break-glass needs what resists phishing, where the operator's policy says so."""
    return "sign-in-too-weak" if s.emergency_needs == "passkey" and s.sign_in != "passkey" else None


def emergency_is_not_granted(s: Situation) -> str | None:
    """Decision 0014: `$open` needs the live grant, begun or not, of 60 minutes."""
    return None if s.emergency in ("granted", "begun") else "emergency-not-granted"


def emergency_is_not_begun(s: Situation) -> str | None:
    """Decision 0014: the look begins by `$open`; without it nothing is read."""
    return None if s.emergency == "begun" else "emergency-not-granted"


OF_THE_CALLER: list[Rule] = [provider_is_not_active, sign_in_is_too_weak, act_is_none_of_a_professional]
TO_OPEN: list[Rule] = [
    names_no_patient,
    person_is_not_known,
    licence_is_over,
    person_is_not_active,
    consent_is_not_in_force,
    patient_keeps_out,
]
TO_READ: list[Rule] = [*TO_OPEN, no_look_is_open]
IN_AN_EMERGENCY: list[Rule] = [
    emergency_is_off,
    sign_in_is_too_weak_for_an_emergency,
    person_is_not_known,
    licence_is_over,
    person_is_not_active,
    patient_keeps_the_professional_out,
]
TO_OPEN_IN_AN_EMERGENCY: list[Rule] = [*IN_AN_EMERGENCY, emergency_is_not_granted]
TO_READ_IN_AN_EMERGENCY: list[Rule] = [*IN_AN_EMERGENCY, emergency_is_not_begun]


WHOLE = "AB"  # of the matrix
TOLD_FIRST = ("category-not-named", "category-restricted", "category-withheld", "category-closed")


def role(s: Situation, category: str) -> str:
    """R-04, dossier 4.2: the cell; what the matrix does not know is none."""
    cell = s.role_a if category == "A" else s.role_b
    return "-" if cell == "?" else cell


def why_category_is_closed(s: Situation, category: str) -> str | None:
    """R-04, R-42, dossier 2.4 and 4.2: G is general access, R needs the patient's code. Decision 0037: less what is closed."""
    if role(s, category) == "-":
        return "category-closed"
    if category in s.closed:
        return "category-withheld"
    if role(s, category) == "R" and category not in s.code:
        return "category-restricted"
    return None


def needs_the_code(s: Situation, categories: str) -> bool:
    """Decision 0040: what is shown of the restricted rests on the code, and ends with it."""
    return any(role(s, each) == "R" and each in s.code for each in categories)


def why_emergency_closes_category(s: Situation, category: str) -> str | None:
    """Decision 0014, scope: what is named, R too, never "-". Security 1.5, decision 0037: sealed stays sealed."""
    if role(s, category) == "-":
        return "category-closed"
    if category in s.closed:
        return "category-withheld"
    return None if category in s.emergency_names else "category-not-named"


def open_of(s: Situation, asked: str) -> str:
    return "".join(each for each in asked if why_category_is_closed(s, each) is None)


def open_in_an_emergency_of(s: Situation, asked: str) -> str:
    return "".join(each for each in asked if why_emergency_closes_category(s, each) is None)


def professional(s: Situation) -> Answer:
    if refused := first(s, OF_THE_CALLER):
        return refused
    if s.act == "open":
        return opens_in_an_emergency(s) if s.purpose == "emergency" else opens(s)
    if s.act == "access":
        return may_open(s)
    return reads_a_directory_row(s) if s.names == "directory row" else reads(s, s.asked)


def opens(s: Situation) -> Answer:
    """R-02: the record opens by a stated purpose, on evidence of care or a reason. Nothing is read yet, so no category is asked about."""
    return first(s, [*TO_OPEN, care_is_not_stated]) or Shown("care", under=open_look(s), care=care_shown(s))


def open_look(s: Situation) -> str:
    """House 6.1, a look: stated again meanwhile, the same one goes on."""
    return "look" if s.look == "open" else ""


def opens_in_an_emergency(s: Situation) -> Answer:
    """Security 1.5; decision 0014, look: it is the grant's."""
    return first(s, TO_OPEN_IN_AN_EMERGENCY) or Shown("emergency", under="grant")


def may_open(s: Situation) -> Answer:
    """House 6.1, `$access`: what is open; where nothing is, what would open. In an emergency that is what it opens."""
    refused = first(s, TO_OPEN)
    ordinary = "" if refused else open_of(s, WHOLE)
    if first(s, TO_READ_IN_AN_EMERGENCY):
        return refused or Shown("care", ordinary, under=open_look(s), care=care_shown(s))
    exceptional = open_in_an_emergency_of(s, WHOLE)
    if refused:
        return Shown("emergency", exceptional, under="grant")
    shown = together(ordinary, exceptional) if open_look(s) else exceptional
    return Shown("care", shown, under=open_look(s), care=care_shown(s))


def together(*categories: str) -> str:
    return "".join(sorted(set().union(*categories)))


def reads(s: Situation, asked: str) -> Answer:
    """R-01 to R-04; decision 0014, beside an ordinary look: what the ordinary ground shows is ordinary, else both together."""
    refused = first(s, TO_READ)
    ordinary = "" if refused else open_of(s, asked)
    in_emergency = first(s, TO_READ_IN_AN_EMERGENCY) is None
    exceptional = open_in_an_emergency_of(s, asked) if in_emergency else ""
    if set(exceptional) - set(ordinary):
        return of_the_person("emergency", together(ordinary, exceptional), "grant", s, needs_the_code(s, ordinary))
    if ordinary:
        return of_the_person("care", ordinary, "look", s, needs_the_code(s, ordinary))
    if refused and not in_emergency:
        return refused
    return told(s, asked, why_emergency_closes_category if refused else why_category_is_closed)


def of_the_person(ground: str, categories: str, under: str, s: Situation, by_code: bool) -> Shown:
    """House 6.1, patient and person: opening a person opens every linked patient. Decision 0037: parts are cut in the SQL."""
    return Shown(ground, categories, patients=True, parts_closed=s.parts_closed, under=under, by_code=by_code)


def told(s: Situation, asked: str, why: Callable[[Situation, str], str | None]) -> str:
    """Of several categories the sources do not say whose reason is told. What is not shared is closed (house 6.1, scope)."""
    reasons = {why(s, each) for each in asked}
    return next((reason for reason in TOLD_FIRST if reason in reasons), "category-closed")


def reads_a_directory_row(s: Situation) -> Answer:
    """Decision 0010: where a record that is open names it, in a category that is open. Decision 0037: in a row that is not closed."""
    if s.person == "not known":
        return "not-referenced"
    record = reads(s, s.named_in)
    if not isinstance(record, Shown):
        return record
    row = Shown("reference", only_directory_row=True, under=record.under, by_code=record.by_code)
    return row._replace(categories=record.categories, patients=True, parts_closed=True) if s.parts_closed else row
