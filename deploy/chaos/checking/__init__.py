"""The checker: judges the evidence of a run and names everything that is wrong with it; it reads nothing and drives nothing."""

from collections.abc import Sequence

from deploy.chaos.checking.deadlines import check_deadlines
from deploy.chaos.checking.escalations import check_escalations
from deploy.chaos.checking.logs import check_logs, settle
from deploy.chaos.checking.notices import check_notices
from deploy.chaos.checking.own_verdicts import check_own_verdicts
from deploy.chaos.checking.progress import check_progress
from deploy.chaos.checking.read_model import check_read_model
from deploy.chaos.checking.registration import check_registration
from deploy.chaos.checking.witnessed import check_witnessed
from deploy.chaos.evidence import SENDERS, Evidence, Finding


def check(evidence: Evidence) -> Sequence[Finding]:
    """Return all findings, none for a run in which every invariant held."""
    logs = {topic: settle(evidence.topics.get(topic, ())) for topic in SENDERS}
    return [
        *check_transport(evidence),
        *check_deadlines(evidence, logs),
        *check_escalations(evidence, logs),
        *check_notices(evidence, logs),
        *check_read_model(evidence, logs),
    ]


def check_transport(evidence: Evidence) -> Sequence[Finding]:
    """Return what is wrong whatever the facts are about: with logs, checkpoints and the registration of facts."""
    logs = {topic: settle(evidence.topics.get(topic, ())) for topic in SENDERS}
    return [
        *check_logs(evidence),
        *check_witnessed(evidence),
        *check_own_verdicts(evidence),
        *check_progress(evidence),
        *check_registration(evidence, logs),
    ]


__all__ = ["check", "check_transport"]
