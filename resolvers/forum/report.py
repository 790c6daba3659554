"""Reports: members say what is wrong, moderators uphold it (which hides the subject) or dismiss it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import ForumPost, ForumReply, ForumReport
from models.errors import ErrorCode, Refusal
from models.predicate import to_q
from models.rules.forum import (
    LEGAL,
    MAX_NOTE,
    ForumReportDecision,
    ForumReportReason,
    ForumReportStatus,
    ForumVerb,
)
from models.rules.permission import Permission
from models.scope import visible
from resolvers.forum.common import checked, find_reply, member
from resolvers.forum.moderation import put_away
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


async def post(
    viewer: Viewer | None, house: House, id_: UUID, reason: ForumReportReason, text: str | None = None
) -> ForumPost:
    """Report a post, once."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(ForumPost, id_, "id")
        await _report(unit, row, "post_id", reason, text)
    return row


async def reply(
    viewer: Viewer | None, house: House, id_: UUID, reason: ForumReportReason, text: str | None = None
) -> ForumReply:
    """Report a reply, once."""
    async with unit_of_work(house, viewer) as unit:
        row, _ = await find_reply(unit, id_)
        await _report(unit, row, "reply_id", reason, text)
    return row


async def resolve(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    decision: ForumReportDecision,
    note: str | None = None,
) -> ForumReport:
    """Uphold: the subject is hidden and its other open reports are upheld with it. Dismiss: this report is closed."""
    async with unit_of_work(house, viewer) as unit:
        subject = await _subject(unit, id_)
        report = await unit.find(ForumReport, id_, "id")
        require(member(unit), Permission.FORUM_MODERATE, report.property_id)
        check_version(report, expected_version)
        if report.status is not ForumReportStatus.OPEN:
            raise Refusal(
                ErrorCode.TRANSITION_NOT_ALLOWED,
                field="id",
                message="FORUM_NOT_IN_THIS_STATUS",
                current=report.id,
                status=report.status,
                verb=decision,
            )
        note = None if note is None or not note.strip() else checked(note, "note", MAX_NOTE)
        if decision is ForumReportDecision.DISMISS:
            await _close(unit, report, ForumReportStatus.DISMISSED, note)
            return report
        await _close(unit, report, ForumReportStatus.UPHELD, note)
        for other in await _open_ones(report):
            await _close(unit, other, ForumReportStatus.UPHELD, note)
        if subject.status in LEGAL[ForumVerb.HIDE]:
            await put_away(unit, subject, note or report.reason.value)
    return report


async def _report(
    unit: Unit, row: ForumPost | ForumReply, column: str, reason: ForumReportReason, text: str | None
) -> None:
    """The subject is locked: of two reports of one account at once the second finds the first."""
    viewer = member(unit)
    require(viewer, Permission.FORUM_READ, row.property_id)
    said = None if text is None or not text.strip() else checked(text, "text", MAX_NOTE)
    if await ForumReport.filter(account_id=viewer.account_id, **{column: row.id}).exists():
        raise Refusal(ErrorCode.FORUM_ALREADY_REPORTED, field="id", current=row.id)
    report = await unit.add(
        ForumReport,
        property_id=row.property_id,
        account_id=viewer.account_id,
        person_id=viewer.person_id,
        reason=reason,
        text=said,
        status=ForumReportStatus.OPEN,
        **{column: row.id},
    )
    unit.audit("forumReport.create", None, report)


async def _subject(unit: Unit, id_: UUID) -> ForumPost | ForumReply:
    """What a report is about, locked before the report: so two resolutions of one subject follow each other."""
    seen = await ForumReport.filter(to_q(visible(ForumReport, unit.viewer))).filter(id=id_).get_or_none()
    if seen is None:
        raise Refusal(ErrorCode.NOT_FOUND, field="id")
    if seen.reply_id is not None:
        return (await find_reply(unit, seen.reply_id))[0]
    return await unit.find(ForumPost, seen.post_id, "id")


async def _open_ones(report: ForumReport) -> list[ForumReport]:
    """The other open reports of the same subject."""
    subject = {"post_id": report.post_id} if report.post_id else {"reply_id": report.reply_id}
    rows = ForumReport.filter(**subject, status=ForumReportStatus.OPEN).exclude(id=report.id)
    return await rows.order_by("id").select_for_update()


async def _close(unit: Unit, report: ForumReport, status: ForumReportStatus, note: str | None) -> None:
    before = await unit.change(report, status=status, note=note, resolved_at=unit.now)
    unit.audit("forumReport.resolve", before, report)
