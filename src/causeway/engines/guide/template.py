"""The case-study template: its 21 fields in order, its sections, limits and printed labels in five languages."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple


class Field(NamedTuple):
    """A field: canonical key, section, limit in characters (0: none), and whether it holds running text."""

    key: str
    section: str
    limit: int
    long: bool


FIELDS = (
    Field("case_study_name", "head", 0, False), Field("hei_name", "head", 0, False), Field("case_study_author", "head", 0, False), Field("country", "head", 0, False),
    Field("target_groups", "head", 0, True), Field("date", "head", 0, False),
    Field("short_description", "profile", 750, True), Field("background", "profile", 1000, True), Field("key_words", "profile", 0, True),
    Field("achievements", "impact", 1000, True), Field("awards", "impact", 1000, True), Field("key_success_factors", "impact", 1000, True),
    Field("impact", "impact", 1000, True), Field("photograph_diagram", "impact", 0, True),
    Field("website", "sources", 0, True),
    Field("contact_surname_name", "contact", 0, False), Field("contact_role", "contact", 0, False), Field("contact_institution", "contact", 0, False),
    Field("contact_address", "contact", 0, False), Field("contact_telephone", "contact", 0, False), Field("contact_email", "contact", 0, False),
)  # fmt: skip
KEYS = tuple(field.key for field in FIELDS)
BY_KEY = {field.key: field for field in FIELDS}
LIMITS = {field.key: field.limit for field in FIELDS if field.limit}
#: Fields that name how to reach a person; kept apart from the case. The institution is not a person's.
CONTACT = tuple(key for key in KEYS if key.startswith("contact_"))
#: Fields of running text, the ones that are read, searched and looked through for figures.
TEXT = ("short_description", "background", "achievements", "awards", "key_success_factors", "impact")

#: Labels as printed, in the order of KEYS.
LABELS: dict[str, tuple[str, ...]] = {
    "en": (
        "Case Study name", "HEI name", "Case study author", "Country", "Target Groups of this activity/ Project/service", "Date", "SHORT DESCRIPTION", "BACKGROUND",
        "KEY WORDS", "ACHIEVEMENTS", "AWARDS", "KEY SUCCESS FACTORS", "IMPACT", "PHOTOGRAPH / DIAGRAM", "WEBSITE", "Surname, Name", "Role", "Institution",
        "Address", "Telephone", "E-mail",
    ),
    "zh-hans": (
        "案例名称", "高校名称", "案例作者", "国家", "本活动/项目/服务的目标群体", "日期", "简要说明", "背景", "关键词", "成果", "奖项", "成功要素", "影响", "照片/图表", "网站",
        "姓名", "职务", "机构", "地址", "电话", "电子邮箱",
    ),
    "es": (
        "Nombre del caso", "Nombre de la institución", "Autor del caso", "País", "Grupos destinatarios de la actividad/proyecto/servicio", "Fecha",
        "BREVE DESCRIPCIÓN", "ANTECEDENTES", "PALABRAS CLAVE", "LOGROS", "PREMIOS", "FACTORES CLAVE DE ÉXITO", "IMPACTO", "FOTOGRAFÍA / DIAGRAMA", "SITIO WEB",
        "Apellidos, nombre", "Cargo", "Institución", "Dirección", "Teléfono", "Correo electrónico",
    ),
    "pl": (
        "Nazwa studium przypadku", "Nazwa uczelni", "Autor studium przypadku", "Kraj", "Grupy docelowe działania/projektu/usługi", "Data", "KRÓTKI OPIS", "TŁO",
        "SŁOWA KLUCZOWE", "OSIĄGNIĘCIA", "NAGRODY", "KLUCZOWE CZYNNIKI SUKCESU", "ODDZIAŁYWANIE", "ZDJĘCIE / SCHEMAT", "STRONA INTERNETOWA", "Nazwisko, imię",
        "Stanowisko", "Instytucja", "Adres", "Telefon", "Adres e-mail",
    ),
    "nl": (
        "Naam van de casus", "Naam van de instelling", "Auteur van de casus", "Land", "Doelgroepen van deze activiteit/project/dienst", "Datum", "KORTE BESCHRIJVING",
        "ACHTERGROND", "TREFWOORDEN", "RESULTATEN", "PRIJZEN", "SUCCESFACTOREN", "EFFECT", "FOTO / DIAGRAM", "WEBSITE", "Achternaam, naam", "Functie", "Instelling",
        "Adres", "Telefoon", "E-mail",
    ),
}  # fmt: skip
SECTIONS: dict[str, dict[str, str]] = {
    "en": {"profile": "PROFILE", "impact": "IMPACT RESULTS OUTCOMES", "sources": "INFORMATION SOURCES", "contact": "CONTACT DETAILS"},
    "zh-hans": {"profile": "概况", "impact": "影响、结果与产出", "sources": "信息来源", "contact": "联系方式"},
    "es": {"profile": "PERFIL", "impact": "IMPACTO RESULTADOS PRODUCTOS", "sources": "FUENTES DE INFORMACIÓN", "contact": "DATOS DE CONTACTO"},
    "pl": {"profile": "PROFIL", "impact": "ODDZIAŁYWANIE WYNIKI REZULTATY", "sources": "ŹRÓDŁA INFORMACJI", "contact": "DANE KONTAKTOWE"},
    "nl": {"profile": "PROFIEL", "impact": "EFFECT RESULTATEN UITKOMSTEN", "sources": "INFORMATIEBRONNEN", "contact": "CONTACTGEGEVENS"},
}
#: How much a field may hold, printed behind its label.
LIMIT_TEXT = {"en": "max. {} characters", "zh-hans": "最多{}字符", "es": "máx. {} caracteres", "pl": "maks. {} znaków", "nl": "max. {} tekens"}

_LIMIT = re.compile(r"\s*[(（][^()（）]*?(\d[\d.,\s]*)[^()（）]*[)）]\s*$")
_SPACE = re.compile(r"\s+")
#: Signs that nobody sees: soft hyphens, joiners, marks of order.
UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
#: Strokes and dashes that stand for the plain ones.
_SIGNS = {**dict.fromkeys(range(0x2010, 0x2016), "-"), 0x2212: "-", 0x2215: "/", 0x2044: "/"}


class Label(NamedTuple):
    """A label read: its text folded, and the limit printed behind it (0: none)."""

    text: str
    limit: int


def fold_label(text: str) -> Label:
    """A label without its printed limit, case, bars and spaces around strokes: "IMPACT (max. 1.000 characters)" is ("impact", 1000)."""
    limit = 0
    text = unicodedata.normalize("NFKC", UNSEEN.sub("", text)).translate(_SIGNS)
    found = _LIMIT.search(text)
    if found:
        limit = int(re.sub(r"\D", "", found[1]))
        text = text[: found.start()]
    plain = _SPACE.sub(" ", text.replace("|", " ")).strip().rstrip(":：*").strip().casefold()
    return Label(re.sub(r"\s*([/,])\s*", r"\1", plain), limit)


def _table() -> dict[str, str]:
    table = {}
    for labels in LABELS.values():
        for key, label in zip(KEYS, labels, strict=True):
            table.setdefault(fold_label(label).text, key)
    return table


FIELD_OF = _table()
SECTION_OF = {fold_label(text).text: key for words in SECTIONS.values() for key, text in words.items()}
#: Words of a label in any order, for labels broken over the cells of a row.
_BY_WORDS = {tuple(sorted(label.split())): key for label, key in FIELD_OF.items()}
#: A label that begins on one row and ends on the next: its first and second part.
BROKEN = {"target groups of": "target_groups", "target groups of this activity/": "target_groups"}
REST = {"this activity/project/service": "target_groups", "project/service": "target_groups"}


def label_over_cells(cells: list[str]) -> str | None:
    """The field whose label is broken over several cells, in whatever order its words came; None where there is none."""
    return _BY_WORDS.get(tuple(sorted(fold_label(" ".join(cells)).text.split())))


def printed(key: str, language: str = "en") -> str:
    """A field's label as printed."""
    return LABELS.get(language, LABELS["en"])[KEYS.index(key)]
