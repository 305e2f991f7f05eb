"""Between stored policies and the engines: packs as pages show them, a policy as a pack of its own, flows, computed amounts."""

from causeway.rooms.governance.mapping.amounts import ENGINE, Computed, computable, compute, explained, given_of, questions, replayed, shown
from causeway.rooms.governance.mapping.flows import flow, flow_title, flows, flows_in, role_names, sources_of
from causeway.rooms.governance.mapping.library import (
    Info,
    Listed,
    adoptable,
    all_sources,
    guide_figures,
    key_of_copy,
    law_choices,
    laws_of_country,
    pack_info,
    pack_warnings,
    packs,
    rules_of,
    subject_of,
    texts_of,
    warnings_in,
)  # fmt: skip
from causeway.rooms.governance.mapping.policies import (
    Value,
    faults_of_values,
    floor_in_words,
    legal_faults,
    pack_book,
    pack_values,
    packs_under,
    policy_book,
    texts_of_policy,
    values_of,
    warnings_of,
)  # fmt: skip
from causeway.rooms.governance.mapping.received import Checked, checked

__all__ = [
    "ENGINE", "Checked", "Computed", "Info", "Listed", "Value", "adoptable", "all_sources", "checked", "computable", "compute", "explained", "faults_of_values", "floor_in_words", "flow",
    "flow_title", "flows", "flows_in", "given_of", "guide_figures", "key_of_copy", "law_choices", "laws_of_country", "legal_faults", "pack_book", "pack_info", "pack_values", "pack_warnings", "packs",
    "packs_under", "policy_book", "texts_of_policy", "questions", "replayed", "role_names", "rules_of", "shown", "sources_of", "subject_of", "texts_of", "values_of", "warnings_in", "warnings_of",
]  # fmt: skip
