"""The limits of limits.md, each a setting: docs/limits.md says where it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of limits.md. Bytes, counts and seconds."""

    body_bytes: int = 256 * 1024
    document_bytes: int = 16 * 1024
    compress_from_bytes: int = 4 * 1024  # of a query's answer, for whoever takes gzip
    url_bytes: int = 8 * 1024
    tokens: int = 2_000
    selected_fields: int = 400
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    mutation_root_fields: int = 10
    directives: int = 50
    field_directives: int = 5
    operations: int = 10
    variables: int = 100
    json_depth: int = 20
    cost_resident: int = 5_000  # requested objects of one request; anonymous callers too
    cost_staff: int = 20_000  # and partners
    cost_per_minute: int = 50_000  # of one user
    rate_anonymous: int = 30  # requests a minute of one address
    rate_resident: int = 300  # requests a minute of one user, as the next two
    rate_staff: int = 1_200
    rate_partner: int = 3_000
    counter_seconds: float = 0.1  # Redis is waited for so long, then each process enforces its share
    validation_errors: int = 20
    introspection_lists: int = 3
    header_bytes: int = 32 * 1024  # request line and headers
    request_seconds: float = 10.0  # to answer; to read the headers; to read the body
    statement_seconds: float = 5.0
    upload_file_bytes: int = 10 * 1024 * 1024
    upload_files: int = 9
    upload_total_bytes: int = 50 * 1024 * 1024
    upload_pixels: int = 40_000_000
    upload_loose_files: int = 100
    upload_loose_hours: float = 24.0
    upload_day_bytes: int = 500 * 1024 * 1024
    export_rows: int = 200_000
    export_open: int = 5
    export_days: float = 7.0
    import_bytes: int = 50 * 1024 * 1024
    import_unpacked_bytes: int = 400 * 1024 * 1024
    import_rows: int = 200_000
    ingest_messages: int = 100
    ingest_interval_seconds: float = 0.02
    ingest_rejected_per_device: int = 1_000
    telemetry_retention_days: int = 400
    access_event_retention_days: int = 400
    sequence_retention_days: int = 30
    rejected_retention_days: int = 90
    device_seen_seconds: float = 5.0  # a device is noted as seen at most this often
    alarm_repeat_seconds: float = 10.0  # a repeat is announced at most this often per alarm
    session_retention_days: int = 90
    attempt_minutes: float = 15.0
    attempts_per_account: int = 5
    attempts_per_address: int = 20
    ws_init_seconds: float = 5.0
    ws_message_bytes: int = 64 * 1024
    ws_subscriptions: int = 50
    ws_sockets_per_user: int = 10  # and event streams, in all processes
    ws_count_seconds: float = 2.0  # Redis is waited for so long to count one more, then each process enforces its share
    ws_process_seconds: float = 10.0  # a process that is silent for so long counts as dead: its sockets are free
    ws_sockets: int = 12_000
    ws_stall_seconds: float = 10.0  # a client that reads nothing for so long is cut, on every transport
    subscribe_seconds: float = 60.0  # a subscription waits so long for a busy database before it is told TIMEOUT
    ws_ping_seconds: float = 25.0
    ws_pong_seconds: float = 10.0
    cursor_seconds: float = 60.0
    event_retention_hours: float = 168.0
    notification_retention_days: int = 180
    deliveries_per_hour: int = 30  # to one Account by one way: what is beyond is in the inbox
    forum_writes_per_minute: int = 10
    forum_edit_minutes: int = 60
    tickets_per_hour: int = 10
    rating_edit_hours: int = 24
    idempotency_days: float = 30.0
    idempotency_wait_seconds: float = 5.0  # a copy waits this long for the first of its key in the same process
