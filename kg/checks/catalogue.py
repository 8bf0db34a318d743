"""The audit rules: fixed ids, severity, one plain sentence, what to do, and why."""

from __future__ import annotations

from typing import Final

from kg.checks.plan_rules import PLAN_RULES
from kg.checks.review_rules import REVIEW_RULES
from kg.checks.row_rules import ROW_RULES
from kg.checks.rule import Rule
from kg.checks.thread_rules import THREAD_RULES
from kg.model.tables import ResultTable

__all__ = ["RULES", "Rule", "rule_table"]
RULES: Final = {rule.id: rule for rule in (*THREAD_RULES, *PLAN_RULES, *ROW_RULES, *REVIEW_RULES)}
"""The rules by id, in the order in which findings of one severity are listed."""


def rule_table() -> ResultTable:
    """List the rules: what each finds, how severe it is, and what to do.

    Example:
        >>> rule_table().rows[0][:2]
        ('unlinked', 'error')
    """
    return ResultTable(
        ("rule", "severity", "sentence", "fix"),
        tuple((r.id, r.severity.word, r.sentence, r.fix) for r in RULES.values()),
    )
