"""Find closed chats by their words, and read the history of an agent or a department without that of others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

# The words are folded before they are stored (api/words.py): all that is left to do is to split them at blanks, for
# which this tokenizer is the one that knows no letter but those of ASCII from any other.
SEARCH = """
CREATE VIRTUAL TABLE chat_search USING fts5(
    words, content = 'chat_words', content_rowid = 'place', detail = 'none', prefix = '2 3',
    tokenize = "ascii tokenchars '_'"
)
"""
ADDED = """
CREATE TRIGGER chat_words_added AFTER INSERT ON chat_words BEGIN
    INSERT INTO chat_search (rowid, words) VALUES (new.place, new.words);
END
"""
REMOVED = """
CREATE TRIGGER chat_words_removed AFTER DELETE ON chat_words BEGIN
    INSERT INTO chat_search (chat_search, rowid, words) VALUES ('delete', old.place, old.words);
END
"""


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "chat_words",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_chat_words_chat_id")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_chat_words")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_chat_words_chat_id")),
    )
    op.create_table(
        "chats_to_index",
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_chats_to_index_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_chats_to_index")),
    )
    if sqlite:
        for statement in (SEARCH, ADDED, REMOVED):
            op.execute(statement)
    else:
        op.create_index("chat_words_found", "chat_words", ["words"], postgresql_using="gin")
    # What has closed before is read by the indexer, a few chats at a time.
    op.execute("INSERT INTO chats_to_index (chat_id) SELECT id FROM chats WHERE status = 'CLOSED'")
    _order_by_closing()


def _order_by_closing() -> None:
    op.drop_index("chats_of_agent", table_name="chats")
    op.create_index("chats_of_agent", "chats", ["agent_id", "status", "closed_at", "id"])
    op.create_index("chats_of_department", "chats", ["department_id", "status", "closed_at", "id"])
    rated = sa.text("rated_at IS NOT NULL")
    op.create_index("chats_by_rating", "chats", ["rated_at", "id"], sqlite_where=rated, postgresql_where=rated)
