"""The words of closed chats, to be found by, and the chats whose words have to be read again."""

import uuid

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from api.models.base import Table

# SQLite's full-text index refers to rows by the one kind of key that is its own row number.
_Place = BigInteger().with_variant(Integer, "sqlite")
_Words = TSVECTOR().with_variant(Text, "sqlite")


class ChatWords(Table, table=True):
    """What a closed chat is found by. SQLite indexes it by FTS5 (`chat_search`), PostgreSQL by GIN."""

    __tablename__ = "chat_words"
    __table_args__ = (Index("chat_words_found", "words", postgresql_using="gin").ddl_if(dialect="postgresql"),)

    place: int = Field(primary_key=True, sa_type=_Place, sa_column_kwargs={"autoincrement": False})
    """When it closed, so that the newest come first without sorting: see `place_of` in api/resolvers/indexing.py."""
    chat_id: uuid.UUID = Field(foreign_key="chats.id", unique=True)
    words: str = Field(sa_type=_Words)
    """Each folded word once; and, marked with `_`, where the chat was and who attended it."""


class ChatToIndex(Table, table=True):
    """A chat that has closed, reopened or changed since its words were read."""

    __tablename__ = "chats_to_index"

    chat_id: uuid.UUID = Field(foreign_key="chats.id", primary_key=True)
