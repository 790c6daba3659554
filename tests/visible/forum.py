"""Who sees which rows of the forum: written by hand from the permission table and the scope rules in words.

- Boards, posts, replies: with forum.read there, what is visible on live boards; what one wrote oneself, until one takes
  it back; a reply only with its post. Everything with forum.moderate there, closed boards too.
- Reports: with forum.moderate there. Words: with forum.moderate anywhere.
- Technicians, the control room, cashiers, guards, cleaners and buyers have no forum.
"""

from __future__ import annotations

_HOME_MEMBER = {"board", "post", "neighbour_post", "reply"}
_HOME = {
    "board",
    "closed_board",
    "post",
    "neighbour_post",
    "held_post",
    "hidden_post",
    "deleted_post",
    "closed_post",
    "reply",
    "hidden_reply",
    "buried_reply",
    "report",
    "reply_report",
    "post_file",
    "reply_file",
    "hidden_file",
}
_AWAY = {"away_board", "away_post"}

SEES: dict[str, set[str]] = {
    # the own ones too, with the replies to them
    "resident": _HOME_MEMBER
    | {"held_post", "hidden_post", "buried_reply", "post_file", "reply_file", "hidden_file"}
    | {"deleted_file"},
    # a reply to a post that is hidden is hidden with it, even from who wrote it
    "neighbour": _HOME_MEMBER | {"closed_post", "hidden_reply", "post_file", "reply_file"},
    "away_resident": _AWAY,
    "manager": _HOME | {"word"},
    "away_manager": _AWAY | {"word"},
    "chief": _HOME | _AWAY | {"word"},
    "admin": _HOME | _AWAY | {"word"},
    "desk": _HOME_MEMBER | {"post_file", "reply_file"},
    "auditor": _HOME_MEMBER | {"post_file", "reply_file"},
}

ROOT_LISTS = {"forumWords": {"word"}}
PROPERTY_LISTS = {
    "forumBoards": ({"board", "closed_board"}, {"away_board"}),
    "forumPosts": (
        {"post", "neighbour_post", "held_post", "hidden_post", "deleted_post", "closed_post"},
        {"away_post"},
    ),
    "forumReports": ({"report", "reply_report"}, set[str]()),
}
# Of one row that is no Property: (argument, rows by the row they belong to).
PARENT_LISTS = {
    "forumReplies": (
        "postId",
        {"post": {"reply", "hidden_reply"}, "hidden_post": {"buried_reply"}, "away_post": set[str]()},
    ),
}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}

SINGLES = {
    "forumBoard": "ForumBoard",
    "forumPost": "ForumPost",
    "forumReply": "ForumReply",
    "forumReport": "ForumReport",
    "forumWord": "ForumWord",
}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb that takes an id, with ids of `of`."""
    version, reason = "expectedVersion: 1", 'reason: "r"'
    found = [
        ("forumBoardCreate", f'input: {{ propertyId: "{of["home"]}", name: "n" }}'),
        ("forumBoardUpdate", f'id: "{of["board"]}", input: {{ {version}, name: "n" }}'),
        ("forumBoardArchive", f'id: "{of["board"]}", input: {{ {version} }}'),
        ("forumPostCreate", f'input: {{ boardId: "{of["board"]}", title: "t", text: "t" }}'),
        ("forumPostUpdate", f'id: "{of["post"]}", input: {{ {version}, title: "t" }}'),
        ("forumReplyCreate", f'input: {{ postId: "{of["post"]}", text: "t" }}'),
        (
            "forumReplyCreate",
            f'input: {{ postId: "{own["post"]}", quotedReplyId: "{of["reply"]}", text: "t" }}',
        ),
        ("forumReportResolve", f'id: "{of["report"]}", input: {{ {version}, decision: DISMISS }}'),
        ("forumWordRemove", f'id: "{of["word"]}"'),
        ("forumPostPin", f'id: "{of["post"]}", input: {{ {version} }}'),
        ("forumPostUnpin", f'id: "{of["post"]}", input: {{ {version} }}'),
    ]
    for noun, name in (("forumPost", "post"), ("forumReply", "reply")):
        found += [(f"{noun}{verb}", f'id: "{of[name]}"') for verb in ("Delete", "Like", "Unlike")]
        found += [
            (f"{noun}{verb}", f'id: "{of[name]}", input: {{ {version}, {rest} }}')
            for verb, rest in (("Hide", reason), ("Restore", reason), ("MarkOfficial", "official: true"))
        ]
        found.append((f"{noun}Report", f'id: "{of[name]}", input: {{ reason: SPAM }}'))
    return found
