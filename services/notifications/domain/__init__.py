"""Who must know: the rules from what happened to the notices that it calls for."""

from services.notifications.domain.happenings import Happening, Knowledge, Told
from services.notifications.domain.notices import NAMESPACE, Notice, acknowledgement_id, notice_id, notices_of

__all__ = ["NAMESPACE", "Happening", "Knowledge", "Notice", "Told", "acknowledgement_id", "notice_id", "notices_of"]
