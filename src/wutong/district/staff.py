"""The invented providers and the people who work there. No hospital, clinic or person of these names is meant."""

from dataclasses import dataclass
from datetime import date

from wutong.district.records import Group, Professional, Provider

HA, HARBOUR, OFFICE = "HA", "HARBOUR", "OFFICE"

PROVIDERS = (
    Provider(HA, "Public Hospitals Group", "公立醫院聯網", "hospital-group", True, "+852 0100 0100"),
    Provider(HARBOUR, "Harbour Family Clinic", "海港家庭診所", "clinic", False, "+852 0100 0200"),
    Provider(OFFICE, "Health Record Sharing Office", "健康紀錄互通辦事處", "office", False, "+852 0100 0300"),
)
GROUPS = (
    Group("OLDPIER", "group", "Old Pier Medical Group", "舊碼頭醫療集團", (HARBOUR,)),
    Group("CHRONIC", "programme", "Chronic Care Programme", "慢性病護理計劃", (HA, HARBOUR)),
)


@dataclass(frozen=True)
class Site:
    """A place where a provider sees patients; `kind` is what Synthea calls such a place."""

    code: str
    kind: str
    name_en: str
    name_zh: str
    line: str
    district: str


SITES = {
    HA: (
        Site("banyan-hill", "hospital", "Banyan Hill Hospital", "榕山醫院", "1 Banyan Hill Path", "KC"),
        Site("kapok-bay", "hospital", "Kapok Bay Hospital", "木棉灣醫院", "88 Kapok Bay Road", "EA"),
        Site("egret-point", "hospital", "Egret Point Hospital", "鷺角醫院", "12 Egret Point Drive", "TP"),
        Site("parasol-lane", "primary_care", "Parasol Lane Clinic", "梧桐里診所", "5 Parasol Lane", "ST"),
        Site("nine-pines", "primary_care", "Nine Pines Clinic", "九松診所", "9 Nine Pines Street", "KWT"),
        Site("camphor", "longterm", "Camphor Rehabilitation Centre", "樟樹復康中心", "30 Camphor Rise", "TM"),
    ),
    HARBOUR: (
        Site("harbour", "primary_care", "Harbour Family Clinic", "海港家庭診所", "Shop 3, 21 Old Pier Street", "YTM"),
    ),
}
INSURERS = (("lantern", "Lantern Mutual Insurance", "燈籠互助保險"), ("junk", "Red Junk Insurance", "紅帆保險"))

_UNTIL = date(2036, 12, 31)


def _clinician(sign_in: str, en: str, zh: str, provider: str, profession: str, number: str) -> Professional:
    return Professional(sign_in, en, zh, provider, "clinician", profession, number, _UNTIL)


PROFESSIONALS = (
    _clinician("dr.lee", "LEE Wai Ling", "李慧玲", HARBOUR, "DOC", "M00101"),
    _clinician("dr.ho", "HO Chi Ming", "何志明", HARBOUR, "DOC", "M00102"),
    _clinician("nurse.mak", "MAK Suk Yee", "麥淑儀", HARBOUR, "NUR", "N00201"),
    _clinician("pharm.tse", "TSE Kin Lun", "謝健倫", HARBOUR, "PHA", "P00301"),
    _clinician("opt.fung", "FUNG Hoi Ching", "馮凱晴", HARBOUR, "OPT", "O00401"),
    _clinician("physio.poon", "POON Man Kit", "潘文傑", HARBOUR, "PT", "T00501"),
    _clinician("dr.kwok", "KWOK Wing Hong", "郭永康", HA, "DOC", "M00103"),
    Professional("admin.choi", "CHOI Mei Shan", "蔡美珊", HARBOUR, "administrator", "", "", None),
    Professional(
        "privacy.lau", "LAU Pui Yee", "劉佩儀", HARBOUR, "privacy-officer", "", "", None, "privacy.lau@example.org"
    ),
    Professional(
        "privacy.ng", "NG Hoi Ching", "吳凱晴", OFFICE, "privacy-officer", "", "", None, "privacy.ng@example.org"
    ),
    Professional(
        "privacy.yip", "YIP Ka Man", "葉嘉敏", OFFICE, "privacy-officer", "", "", None, "privacy.yip@example.org"
    ),
)


@dataclass(frozen=True)
class Doctor:
    """Who a provider's own documents name; `specialty` is what Synthea calls it."""

    provider_code: str
    specialty: str
    specialty_en: str
    family_name: str
    given_name: str
    name_zh: str
    registration_number: str


DOCTORS = (
    Doctor(HARBOUR, "", "Family medicine", "LEE", "Wai Ling", "李慧玲", "M00101"),
    Doctor(HARBOUR, "", "Family medicine", "HO", "Chi Ming", "何志明", "M00102"),
    Doctor(HA, "General Practice", "Family medicine", "KWOK", "Wing Hong", "郭永康", "M00103"),
    Doctor(HA, "General Practice", "Family medicine", "SZETO", "Nga Ting", "司徒雅婷", "M00104"),
    Doctor(HA, "Internal Medicine", "Internal medicine", "LAM", "Yiu Chung", "林耀忠", "M00105"),
    Doctor(HA, "Internal Medicine", "Internal medicine", "TANG", "Sau Lan", "鄧秀蘭", "M00106"),
    Doctor(HA, "Emergency Medicine", "Emergency medicine", "CHOW", "Ho Yin", "周浩然", "M00107"),
    Doctor(HA, "Cardiology", "Cardiology", "NG", "Pui Shan", "吳佩珊", "M00108"),
    Doctor(HA, "Orthopedics", "Orthopaedics and traumatology", "LEUNG", "Kin Pang", "梁健鵬", "M00109"),
    Doctor(HA, "Pediatrics", "Paediatrics", "YUEN", "Hoi Yan", "袁凱欣", "M00110"),
    Doctor(HA, "Obstetrics and Gynecology", "Obstetrics and gynaecology", "LO", "Yuk Ying", "羅玉瑩", "M00111"),
    Doctor(HA, "Dermatology", "Dermatology and venereology", "SIU", "Man Tak", "蕭文德", "M00112"),
    Doctor(HA, "Psychiatry", "Psychiatry", "KWAN", "Tsz Ching", "關子晴", "M00113"),
    Doctor(HA, "Oncology", "Clinical oncology", "HUI", "Lok Shing", "許樂成", "M00114"),
)
