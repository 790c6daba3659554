-- The forum: boards, posts, replies, likes, reports, words that hold a post back, and tokens that a search finds it by.
-- The application role deletes nothing: a like is withdrawn, a token is no longer current, a word is removed by an instant.

CREATE TABLE forum_board (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    posting TEXT NOT NULL,
    position INTEGER NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE forum_post (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    board_id UUID NOT NULL REFERENCES forum_board (id),
    author_id UUID NOT NULL REFERENCES account (id),
    person_id UUID REFERENCES person (id),
    staff_id UUID REFERENCES staff (id),
    author_name TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    official BOOLEAN NOT NULL,
    pinned_at TIMESTAMPTZ,
    moderation_note TEXT,
    reply_count INTEGER NOT NULL CHECK (reply_count >= 0),
    like_count INTEGER NOT NULL CHECK (like_count >= 0),
    active_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE forum_reply (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    post_id UUID NOT NULL REFERENCES forum_post (id),
    quoted_reply_id UUID REFERENCES forum_reply (id),
    author_id UUID NOT NULL REFERENCES account (id),
    person_id UUID REFERENCES person (id),
    staff_id UUID REFERENCES staff (id),
    author_name TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    official BOOLEAN NOT NULL,
    moderation_note TEXT,
    like_count INTEGER NOT NULL CHECK (like_count >= 0),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE forum_like (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    account_id UUID NOT NULL REFERENCES account (id),
    post_id UUID REFERENCES forum_post (id),
    reply_id UUID REFERENCES forum_reply (id),
    withdrawn_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK ((post_id IS NULL) <> (reply_id IS NULL))
);

CREATE TABLE forum_report (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    account_id UUID NOT NULL REFERENCES account (id),
    person_id UUID REFERENCES person (id),
    post_id UUID REFERENCES forum_post (id),
    reply_id UUID REFERENCES forum_reply (id),
    reason TEXT NOT NULL,
    text TEXT,
    status TEXT NOT NULL,
    note TEXT,
    resolved_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((post_id IS NULL) <> (reply_id IS NULL))
);

CREATE TABLE forum_word (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    word TEXT NOT NULL,
    removed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE forum_token (
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    token TEXT NOT NULL,
    post_id UUID NOT NULL REFERENCES forum_post (id),
    current BOOLEAN NOT NULL,
    PRIMARY KEY (property_id, token, post_id)
);

ALTER TABLE file ADD COLUMN forum_post_id UUID REFERENCES forum_post (id);
ALTER TABLE file ADD COLUMN forum_reply_id UUID REFERENCES forum_reply (id);

CREATE UNIQUE INDEX forum_board_name_key ON forum_board (property_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX forum_like_post_key ON forum_like (account_id, post_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX forum_like_reply_key ON forum_like (account_id, reply_id) WHERE reply_id IS NOT NULL;
CREATE UNIQUE INDEX forum_report_post_key ON forum_report (account_id, post_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX forum_report_reply_key ON forum_report (account_id, reply_id) WHERE reply_id IS NOT NULL;
CREATE UNIQUE INDEX forum_word_key ON forum_word (organization_id, word) WHERE removed_at IS NULL;

CREATE INDEX forum_board_property_position_idx ON forum_board (property_id, position, id);
CREATE INDEX forum_post_property_idx ON forum_post (property_id, id);
CREATE INDEX forum_post_property_active_at_idx ON forum_post (property_id, active_at, id);
CREATE INDEX forum_post_property_status_idx ON forum_post (property_id, status, id);
CREATE INDEX forum_post_board_idx ON forum_post (board_id, id);
CREATE INDEX forum_post_board_active_at_idx ON forum_post (board_id, active_at, id);
CREATE INDEX forum_post_author_idx ON forum_post (author_id, created_at);
CREATE INDEX forum_post_pinned_idx ON forum_post (property_id, id) WHERE pinned_at IS NOT NULL;
CREATE INDEX forum_reply_post_idx ON forum_reply (post_id, id);
CREATE INDEX forum_reply_author_idx ON forum_reply (author_id, created_at);
CREATE INDEX forum_report_property_idx ON forum_report (property_id, id);
CREATE INDEX forum_report_property_status_idx ON forum_report (property_id, status, id);
CREATE INDEX forum_report_post_idx ON forum_report (post_id);
CREATE INDEX forum_report_reply_idx ON forum_report (reply_id);
CREATE INDEX forum_token_post_idx ON forum_token (post_id);
CREATE INDEX file_forum_post_idx ON file (forum_post_id, id);
CREATE INDEX file_forum_reply_idx ON file (forum_reply_id, id);
