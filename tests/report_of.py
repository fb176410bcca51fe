"""The report of an audit."""

from pytest_pcerrors.reporting.report import Report
from pytest_pcerrors.reporting.totals import Totals, Wanted


def report_of(findings, policy, **options):
    """Return the report of the findings of an audit, as `pcerrors check` makes it."""
    totals = Totals()
    return Report.of_findings(totals.counting(findings, policy, Wanted()), totals, policy, **options)
