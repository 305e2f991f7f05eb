"""The mechanisms that make up good practices: 64 codes with plain names in five languages, and what a text seems to speak of.

A suggestion rests on words alone and says so; a person confirms it.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Mechanism(NamedTuple):
    """A mechanism: code, group, plain names by language, and the words (a pattern) by which a text is thought to speak of it."""

    code: str
    group: str
    names: dict[str, str]
    words: str


GROUPS = {
    "intake": {
        "en": "From result to decision",
        "zh-hans": "成果受理",
        "es": "Del resultado a la decisión",
        "pl": "Od wyniku do decyzji",
        "nl": "Van resultaat tot besluit",
    },
    "ip": {"en": "Protection", "zh-hans": "知识产权保护", "es": "Protección", "pl": "Ochrona", "nl": "Bescherming"},
    "deals": {
        "en": "Offers and contracts",
        "zh-hans": "供需与合同",
        "es": "Ofertas y contratos",
        "pl": "Oferty i umowy",
        "nl": "Aanbod en contracten",
    },
    "money": {"en": "Money and rewards", "zh-hans": "收益与奖励", "es": "Dinero e incentivos", "pl": "Pieniądze i nagrody", "nl": "Geld en beloning"},
    "governance": {
        "en": "Rules and decisions",
        "zh-hans": "制度与决策",
        "es": "Normas y decisiones",
        "pl": "Zasady i decyzje",
        "nl": "Regels en besluiten",
    },
    "programmes": {
        "en": "Programmes and training",
        "zh-hans": "项目与培训",
        "es": "Programas y formación",
        "pl": "Programy i szkolenia",
        "nl": "Programma's en training",
    },
    "spinoff": {"en": "New companies", "zh-hans": "创业孵化", "es": "Nuevas empresas", "pl": "Nowe firmy", "nl": "Nieuwe bedrijven"},
    "partners": {"en": "Partners", "zh-hans": "合作伙伴", "es": "Socios", "pl": "Partnerzy", "nl": "Partners"},
    "people": {"en": "People", "zh-hans": "人员", "es": "Personas", "pl": "Ludzie", "nl": "Mensen"},
    "records": {
        "en": "Records and figures",
        "zh-hans": "记录与数据",
        "es": "Registros y cifras",
        "pl": "Zapisy i liczby",
        "nl": "Gegevens en cijfers",
    },
}
LANGUAGES = ("en", "zh-hans", "es", "pl", "nl")
_ROWS = """
DISCLOSE|intake|Disclosure of results|成果披露|Declaración de resultados|Zgłaszanie wyników|Melding van resultaten|disclosure of (?:inventions?|results?)|invention disclosure|disclos\\w+ (?:form|system|procedure)
ASSESS|intake|Assessment before filing|申请前评估|Evaluación previa|Ocena przed zgłoszeniem|Beoordeling vooraf|pre-?filing|(?:technology|value|patent) assessment|screening|preliminary evaluation
TRL|intake|Readiness levels|技术成熟度|Niveles de madurez|Poziomy gotowości|Gereedheidsniveaus|\\bTRLs?\\b|readiness level
ASSIGN|intake|Assignment of rights|权利转让|Cesión de derechos|Przeniesienie praw|Overdracht van rechten|assign(?:ment|ed) of (?:rights|invention)|service invention
PROTECT|ip|Portfolio of rights|知识产权组合|Cartera de derechos|Portfel praw|Rechtenportefeuille|patents? (?:portfolio|applications?|management)|utility models?|intellectual property protection
SOFTWARE|ip|Software copyright|软件著作权|Derechos de software|Prawa do oprogramowania|Softwarerechten|software (?:copyright|registration)
COST|ip|Who pays for protection|保护费用|Costes de protección|Koszty ochrony|Kosten van bescherming|(?:application|patent) (?:fees?|costs?)|bear the (?:cost|fee)
ANNUITY|ip|Keeping rights alive|年费管理|Mantenimiento de derechos|Utrzymanie praw|Instandhouding van rechten|annuit\\w+|maintenance fees?|annual fees?
SUBSIDY|ip|Subsidies for filing|申请资助|Ayudas a la solicitud|Dopłaty do zgłoszeń|Subsidie voor aanvragen|subsid\\w+|patent (?:grant )?incentives?
AGENCY|ip|Outside patent agents|专利代理机构|Agentes de patentes|Rzecznicy patentowi|Octrooigemachtigden|patent (?:agenc\\w+|agents?|attorneys?)
PATDB|ip|Patent information|专利信息库|Información de patentes|Informacja patentowa|Octrooi-informatie|patent (?:databases?|information|search|navigation)
MARKET|deals|Marketing of results|成果推广|Promoción de resultados|Promocja wyników|Vermarkting van resultaten|marketing|promotion of (?:technolog|results|achievements)
OFFER|deals|Technology offers|技术供给|Ofertas tecnológicas|Oferty technologii|Technologieaanbod|technology (?:offers?|catalogue|portfolio)|portfolio of technolog
DEMAND|deals|Needs of companies|企业需求|Demandas de empresas|Potrzeby firm|Vragen van bedrijven|(?:enterprise|industry|company|market) (?:needs|demands?)|needs of (?:enterprises|companies|industry)
NEGOT|deals|Negotiation|谈判|Negociación|Negocjacje|Onderhandeling|negotiat
CONTRACT|deals|Contracts and their supervision|合同管理|Contratos y su seguimiento|Umowy i ich nadzór|Contracten en toezicht|contracts? (?:management|register|registration|signed)|signed \\d+ |signing of contracts?
LIC|deals|Licences|许可|Licencias|Licencje|Licenties|licen[cs](?:e|ing|ed)
ROYALTY|money|Royalties|许可费|Regalías|Opłaty licencyjne|Royalty's|royalt
OPTION|deals|Options and first refusal|选择权与优先权|Opciones y tanteo|Opcje i pierwokup|Opties en voorkeursrecht|option (?:agreement|for a)|right of first|pre-?emption|option to
MTA|deals|Materials and know-how out|材料转移|Transferencia de materiales|Przekazywanie materiałów|Materiaaloverdracht|material transfer|know-?how transfer
APPROVE|governance|Approval routes|审批流程|Circuitos de aprobación|Ścieżki zatwierdzania|Goedkeuringsroutes|approval (?:process|procedure|route)|leading (?:group|committee)|decision-?making (?:mechanism|process|committee)
PUBLIC|governance|Public notice and objections|公示与异议|Anuncio público y alegaciones|Ogłoszenie i sprzeciwy|Openbare kennisgeving|public(?:ity)? notice|publici[sz]ed|public announcement|objections?
ASSETREG|governance|Filing of assets|资产备案|Registro de activos|Rejestr majątku|Registratie van activa|(?:state(?:-owned)?|assets?) (?:asset )?(?:filing|registration)|asset evaluation record
POLICY|governance|Policies and rules|政策制度|Políticas y normas|Polityki i zasady|Beleid en regels|polic(?:y|ies)|regulations? (?:on|for|of)|management measures
ORG|governance|One office, clear duties|机构与职责|Organización y funciones|Organizacja i obowiązki|Organisatie en taken|departments? cooperation|division of (?:labou?r|responsib)|technology transfer (?:office|cent(?:er|re))
OUTSIDE|governance|Work outside the university|校外兼职|Actividades externas|Praca poza uczelnią|Nevenwerkzaamheden|part-?time (?:job|work|entrepreneur)|leave (?:of absence|the post)|outside activit|conflicts? of interest
QMS|governance|Quality management|质量管理|Gestión de calidad|Zarządzanie jakością|Kwaliteitsbeheer|ISO ?\\d{4,5}|quality management
DISTRIB|money|Sharing of income|收益分配|Reparto de ingresos|Podział przychodów|Verdeling van inkomsten|(?:distribut\\w+|sharing|share) (?:of|among) .{0,60}(?:income|benefit|revenue|profit|researchers)|(?:income|benefit|revenue|profit)s? (?:distribution|sharing)
REWARD|money|Rewards for people|人员奖励|Recompensas a personas|Nagrody dla osób|Beloning van mensen|rewards? (?:to|for) |people (?:were )?(?:awarded|rewarded)|incentive (?:mechanism|strateg|system)
TAX|money|Tax relief|税收优惠|Incentivos fiscales|Ulgi podatkowe|Belastingvoordeel|\\btax(?:es|ation)?\\b
VALUE|money|Value between partners|合作方价值分配|Valor entre socios|Wartość między partnerami|Waarde tussen partners|value (?:creation|capture|distribution|dispersion|disbursement)|shared value
COFIN|money|Own contribution|配套资金|Cofinanciación|Wkład własny|Eigen bijdrage|co-?financ\\w+|own contribution|matching funds?
FUND|money|Funds and programmes|资金与计划|Fondos y programas|Fundusze i programy|Fondsen en programma's|venture (?:capital|fund)|investment funds?|innovation funds?|grant funding|(?:ministry|government|special) fund
DONATION|money|Donations|捐赠|Donaciones|Darowizny|Schenkingen|donat\\w+
POC|programmes|Proof of concept|概念验证|Prueba de concepto|Dowód koncepcji|Proof of concept|proof[- ]of[- ]concept|\\bPoC\\b
PANEL|programmes|Panel of outsiders|评审委员会|Comité externo|Panel zewnętrzny|Extern panel|investment council|(?:expert|evaluation|selection) (?:panel|committee|jury)
BROKER|programmes|One broker for each project|技术经纪人|Gestor por proyecto|Broker projektu|Makelaar per project|brokers?\\b|technology managers?
PROGRAM|programmes|Programmes with editions|分期项目|Programas con ediciones|Programy w edycjach|Programma's met edities|(?:first|second|third|\\d+(?:st|nd|rd|th)) edition|programme editions?
LEAN|programmes|Customer discovery|客户探索|Descubrimiento de clientes|Poznawanie klientów|Klantontdekking|lean (?:launchpad|startup|ct|canvas)|customer discovery|business model (?:canvas|validation)
MENTOR|programmes|Mentors|导师|Mentores|Mentorzy|Mentoren|mentor
COMPETE|programmes|Competitions|竞赛|Concursos|Konkursy|Wedstrijden|competitions?|contest
TRAIN|programmes|Courses and training|课程与培训|Cursos y formación|Kursy i szkolenia|Cursussen en training|training|courses?\\b|lectures?
EVENT|programmes|Forums and events|论坛与活动|Foros y eventos|Fora i wydarzenia|Fora en evenementen|forums?\\b|conferences?|fairs?\\b|workshops?
INCUB|spinoff|Incubation|孵化|Incubación|Inkubacja|Incubatie|incubat
PARK|spinoff|Science parks|科技园|Parques científicos|Parki naukowe|Wetenschapsparken|(?:science|technology|university) (?:and technology )?parks?\\b
SPIN|spinoff|Spin-offs and start-ups|衍生企业|Spin-offs y start-ups|Spółki odpryskowe|Spin-offs en start-ups|spin-?(?:off|out)s?|start-?ups?
EQUITY|spinoff|Shares for rights|技术入股|Acciones por derechos|Udziały za prawa|Aandelen voor rechten|equity|shareholders?|shares in (?:the )?compan
CONSORT|partners|Consortia|联盟共同体|Consorcios|Konsorcja|Consortia|consorti
PROPOSAL|partners|Joint proposals|联合申报|Propuestas conjuntas|Wspólne wnioski|Gezamenlijke voorstellen|project proposals?|call for proposals
PROJECT|partners|Research projects|科研项目|Proyectos de investigación|Projekty badawcze|Onderzoeksprojecten|research projects?|national-level projects?|provincial (?:and ministerial )?projects?
JOINTLAB|partners|Joint laboratories|联合实验室|Laboratorios conjuntos|Wspólne laboratoria|Gezamenlijke laboratoria|joint (?:laborator\\w+|research|institutes?|R&D)|jointly (?:established|built|set up)
LOCAL|partners|Institutes with local government|地方研究院|Institutos con gobiernos locales|Instytuty z samorządem|Instituten met lokale overheid|local (?:research institutes?|governments?)|municipal government
STATION|partners|Outposts|工作站|Delegaciones|Placówki terenowe|Buitenposten|work ?stations?|sub-?(?:office|cent(?:er|re))s?|branch(?:es)? (?:office|cent)
CENTER|partners|Centres and platforms|中心与平台|Centros y plataformas|Centra i platformy|Centra en platforms|(?:research|innovation|engineering|service) (?:cent(?:er|re)s?|platforms?)
CLINIC|partners|Clinics and trials|临床与试验|Clínicas y ensayos|Kliniki i badania|Klinieken en proeven|clinic(?:al|s)|hospitals?
PARTNER|partners|Partners and agreements|伙伴与协议|Socios y acuerdos|Partnerzy i porozumienia|Partners en akkoorden|(?:cooperation|framework|partnership) agreements?|strategic cooperation|school-enterprise cooperation
NETWORK|partners|Networks and alliances|网络与联盟|Redes y alianzas|Sieci i sojusze|Netwerken en allianties|networks?\\b|alliances?\\b
STUDENT|people|Students take part|学生参与|Participación de estudiantes|Udział studentów|Studenten doen mee|students? (?:participat|involve|innovation|entrepreneur|internship)|internships?
STAFF|people|Professional transfer staff|专业化团队|Personal especializado|Zawodowy zespół|Professioneel team|professional (?:team|staff|talents?)|full-?time staff
EVAL|people|How researchers are judged|人员评价|Evaluación del personal|Ocena pracowników|Beoordeling van onderzoekers|(?:performance|researcher|staff) evaluation|professional titles?|evaluation (?:indicators?|system)
AWARDREG|records|Honours|荣誉|Distinciones|Wyróżnienia|Onderscheidingen|(?:first|second|third|special|gold) (?:prizes?|awards?|medals?)|was awarded|honou?red
OUTCOME|records|What became of it|后续成效|Qué resultó|Co z tego wynikło|Wat ervan kwam|(?:product|technology) (?:is )?(?:now )?on the market|put into (?:use|production)|industriali[sz](?:ed|ation)
ANNUAL|records|Yearly report|年度报告|Informe anual|Raport roczny|Jaarverslag|annual (?:report|statistics)|reporting system|year[- ]on[- ]year|\\bYoY\\b
KPI|records|Indicators|指标|Indicadores|Wskaźniki|Indicatoren|indicators?\\b|\\bKPIs?\\b
"""


def _read(line: str) -> Mechanism:
    code, group, *rest = line.split("|", 7)
    return Mechanism(code, group, dict(zip(LANGUAGES, rest[:5], strict=True)), rest[5])


MECHANISMS = tuple(_read(line) for line in _ROWS.strip().split("\n"))
BY_CODE = {one.code: one for one in MECHANISMS}
_COMPILED = tuple((one.code, re.compile(one.words, re.IGNORECASE)) for one in MECHANISMS)
#: A mechanism is suggested where the text speaks of it this often, or once in a title or keyword.
OFTEN = 2


def name_of(code: str, language: str = "en") -> str:
    """A mechanism's plain name; the code itself for an unknown one."""
    known = BY_CODE.get(code)
    return known.names.get(language) or known.names["en"] if known else code


def suggest(title: str, text: str) -> list[str]:
    """The mechanisms a case seems to use, by its words (English). title: name and key words; text: its running text."""
    return [code for code, pattern in _COMPILED if pattern.search(title) or sum(1 for _ in pattern.finditer(text)) >= OFTEN]
