"""Reads of tenant data that do not pass the one door (models/scope), found in the source; and those that may be there.

The door is `visible()` or `permitted()` in the expression that reads; so are `unit.find`, `unit.see`, a `Query` and
what schema/plan makes of it. Any other way to rows of an Organization is named here, with its function, how many such
reads that has, and why it is right.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from typing import TYPE_CHECKING

import models
from models.base import Record
from tests.house import floors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DOOR = ("visible(", "permitted(")
READS = {"filter", "get", "get_or_none", "all", "exclude", "first", "exists", "raw", "in_bulk", "annotate"}
RELATED = {"fetch_related", "prefetch_related", "select_related"}
TENANT = {name: kind for name, kind in vars(models).items() if inspect.isclass(kind) and issubclass(kind, Record)}
TABLES = {kind._meta.db_table for kind in TENANT.values() if kind._meta.db_table}
_SQL = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:{'|'.join(sorted(TABLES))})\b")
# Where SQL is made of a Query, or is the database's own business: migrations, doors, row-level security, backup.
HOMES = ("models/", "adapters/database/", "schema/plan/", "schema/batch/")

BEHIND = "by a key of a row that this transaction found in scope, or that is the viewer's own"
TAKEN = "says whether something is taken in the company, or counts against a limit, and nothing else of it"
RULE = "rules and assignments of the company that a verb obeys; it shows none of them"
SIGN_IN = "before anybody is known: by a secret, its hash or what a provider vouches for, in a unit of the house"
WORK = "the house's own work, claimed by a job or after the viewer was let in; no viewer's input picks rows"
DEVICE = "of the Property or company of the device that signed in"
AUDIT = "the chain and its counts, of an Organization that the house itself names"
SUMS = "counts and sums of a Property whose rows the viewer sees all: the permission is asked for some lines above"
DEMO = "fills an empty database"

THE_DOOR = "is the door: `visible()` or `permitted()` some lines above, or writes a row that came through it"

# By reason: the file (of resolvers/ unless it says schema/), its functions, and how many such reads when several.
ALLOWED: dict[str, str] = {
    SIGN_IN: """
        account.py: _open*2
        account_identity.py: _only_account*2 account_by_login bind bind_wechat known_account*2
        api_client/sign_in.py: _open*2
        oidc.py: _taken*2
        password.py: activate
        session.py: _disabled _next*4
        sms_code.py: _exchange
        totp.py: _live _use _use_step require_second_factor
    """,
    BEHIND: """
        ticket/classifying.py: _orders_follow classify
        account.py: sign_out
        alarm/handling.py: open_work_order
        api_client/keeping.py: _assign end_sessions revoke*2
        api_client/secret.py: revoke_secret*2 rotate
        attendance/settling.py: duty_of hold weigh
        attendance/tapping.py: _duties _still_open
        bill/__init__.py: _check_new*2 create
        business_calendar.py: set_calendar set_holidays
        bill/change.py: hearers*3
        notification/preference.py: _own_account _register
        consent.py: give last_acts request
        device/credential.py: revoke rotate
        device/keeping.py: _add_photos retire
        dispatch/rule.py: set_rule to_be_accepted
        enrolment.py: _managed
        forum/common.py: count_reply*4 find_reply index_post*2 signature*2
        forum/like.py: _like*2 _set _unlike*2
        forum/reply.py: create
        forum/report.py: _open_ones _report
        idempotency_key.py: _Attempt._claim*2 _Attempt._keep*2 _kept*2
        ledger.py: <module>*3 _move check hold open_account*2
        occupancy.py: create*2 end
        password.py: reset
        payment.py: _check_prepaid _open_amounts reverse*4
        person.py: erase*5
        role.py: _check_receiver revoke
        session.py: end_sessions
        sla/clock.py: _Time.place _categories _keep _who
        sla/target.py: set_target
        stock/common.py: keep
        stock/item.py: archive
        stock/material.py: _taken charge
        stock/movement.py: _may_return
        stock/moving.py: <module> _locked _move give_back*4 take_out
        stock/stocktake.py: _balances _post count finish
        stock/warehouse.py: archive*2
        totp.py: begin confirm take_away*2
        shift.py: _worked*2
        skill.py: assess
        team.py: add_member archive
        vehicle.py: _checked
        ticket/category.py: chosen
        ticket/life.py: _orders
        ticket/opening.py: _values*2 open_work_order
        ticket_category.py: archive
        window.py: _days*2
        work_order/charge.py: _done _material*2 _payer charge
        work_order/doing.py: _attach eligible
        work_order/opening.py: open_for_alarm
        work_order/step.py: _windows check_list check_photos follow
    """,
    RULE: """
        business_calendar.py: working_time*2
        sla/target.py: rules
        ticket/category.py: classified*2
        alarm/escalation.py: effective_waits
        dispatch/calling.py: soon
        dispatch/crew.py: <module>*3 workers
        consent.py: _in_effect
        forum/common.py: status_of
        identity_provider.py: set_provider
        role.py: assign lock_administrators*2 update_custom
    """,
    WORK: """
        jobs/sla.py: <module>*2 _due
        notification/telling.py: <module>*7 _recipients
        jobs/ticket.py: _close_orders _close_tickets _due _soon*2 remind_of_appointments
        sla/clock.py: watch
        alarm/raising.py: <module> clear_alarms raise_alarm
        idempotency_key.py: blank_answers*2
        data_import/__init__.py: _forget*3 faults_of work_one
        data_import/batch.py: Batch._update Batch.rows
        data_import/run.py: _locked
        erasure.py: _drop_sheets*2 _forget*7 _locked*3
        jobs/__init__.py: JobRunner._claim JobRunner._mind_the_clock*2 JobRunner._release JobRunner.register
        jobs/attendance.py: <module>*2 _came _close _due _note
        jobs/alarm.py: _escalate _waiting*2
        jobs/device.py: _mark _silent*2
        jobs/dispatch.py: _places*2
        dispatch/crew.py: _lately _on_shift _open _present _skills
        dispatch/giving.py: _Desk._leader*2 _asked _due*2 _let_go give_orders*3
        jobs/notification.py: _addresses*3 _begin*2 _had_enough _held
        jobs/export.py: ExportRunner._let_go _held
        jobs/file.py: _sweep_rows*3
        person_key.py: <module>*2 PersonKeys._look.fetch destroy_person_key*2 known_keys
        sealed.py: _rotate _write
    """,
    TAKEN: """
        ticket/raising.py: _check_repeats*2 _reporter
        api_client/keeping.py: _name create
        attendance/correcting.py: _check_free
        camera.py: _is_free
        device/keeping.py: _name_is_free
        enrolment.py: _without_account create
        export.py: _check_open*2
        file.py: _check_quota upload upload.read
        forum/board.py: _check_name*2
        forum/common.py: check_flood*3
        forum/word.py: add
        payment.py: _receipt
        person.py: _kept_number
        role.py: _free_name create_custom
        stock/item.py: _checked
        stock/warehouse.py: _checked
        unit.py: Unit.numbers
        vehicle.py: _free_plate

    """,
    AUDIT: """
        audit/command.py: <module> _heads
        audit/seal.py: <module>*2 seal_some*2
        audit/security.py: <module>*3 note_failure*2 note_security
        audit/verify.py: <module>*3 _look_at_entries*2 verify
    """,
    DEMO: """
        demo/bill.py: <module>*2 _restate
        demo/charge.py: write_charges
        demo/equipment.py: Equipment.install
        demo/forum.py: write_forum
        demo/notification.py: _events*4 write_notifications*2
        demo/load.py: Load.look_up*4
        demo/people.py: Crew.settle
        demo/sla.py: _past*3 _fast
        demo/stock.py: _orders
    """,
    DEVICE: """
        device/reporting.py: locked seen*2
        ingest/alarm.py: AlarmDesk.load*2
        ingest/batch.py: Batch._load*2
        ingest/gather.py: Ingest.gates_of*2
        ingest/rejection.py: _allowed*2
    """,
    SUMS: """
        status.py: jobs
        work_order/board.py: <module> board
        work_order/cost.py: <module> _sql costs
    """,
    THE_DOOR: """
        attendance/counting.py: <module> presence sheet
        sla/statistic.py: <module> statistics
        unit.py: Unit._rows
        notification/inbox.py: _counted _left _mark*3 count_unread read_some*2
        viewer.py: require_about
        work_order/cost.py: _zone*2
    """,
}


def ways(path: Path, name: str) -> Counter[str]:
    """The ways round in a file, as `folder/file.py::Class.function`, and how many in each."""
    return Counter(_found(ast.parse(path.read_text()), name, ""))


def _found(node: ast.AST, name: str, inside: str) -> Iterable[str]:
    for child in ast.iter_child_nodes(node):
        here = inside
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            here = f"{inside}.{child.name}" if inside else child.name
        if _reads(child):
            yield f"{name}::{here}"
        yield from _found(child, name, here)


def _reads(node: ast.AST) -> bool:
    """Whether this very node reads: by a model, by SQL that is run, or as the text of such SQL."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and _SQL.search(node.value) is not None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr in RELATED or node.func.attr in ("fetch", "unscoped"):
        return True
    return node.func.attr in READS and _is_model(node.func.value) and not any(way in ast.unparse(node) for way in DOOR)


def _is_model(node: ast.expr) -> bool:
    """A model of tenants by its name, or whichever one a function was handed."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "type"
    return isinstance(node, ast.Name) and (node.id in TENANT or node.id == "model")


def product() -> Counter[str]:
    """The ways round in the product."""
    found: Counter[str] = Counter()
    for path in floors.sources():
        name = path.relative_to(floors.ROOT).as_posix()
        if not name.startswith((*HOMES, "tests/")):
            found += ways(path, name)
    return found


def allowed() -> dict[str, int]:
    """ALLOWED as `product()` says it."""
    found: dict[str, int] = {}
    for text in ALLOWED.values():
        file = ""
        for word in text.split():
            if word.endswith(":"):
                file = word[:-1]
                continue
            function, _, count = word.partition("*")
            folder = "" if file.startswith("schema/") else "resolvers/"
            place = f"{folder}{file}::{function.removeprefix('<module>')}"
            assert place not in found, f"{place} is listed twice"
            found[place] = int(count or 1)
    return found
