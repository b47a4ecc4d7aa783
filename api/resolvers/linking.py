"""Whom an identity provider knows a person as: kept the first time, and the same ever after."""

from sqlalchemy.exc import IntegrityError

from api.db import Transaction
from api.errors import Unauthenticated
from api.models import User


async def link(tx: Transaction, user: User, issuer: str, subject: str) -> dict[str, str]:
    """Keep who a person, whose row is held, is to the provider. The answer is what the audit log says of it.

    A link counts for its own provider: when the operator goes to another one, people are linked anew.
    Raises Unauthenticated when the same provider knows them as somebody else, or somebody else by that name.
    """
    if (user.openid_issuer, user.openid_subject) == (issuer, subject):
        return {"provider": issuer}
    if user.openid_issuer == issuer:
        raise Unauthenticated("openid_other")
    user.openid_issuer, user.openid_subject = issuer, subject
    tx.session.add(user)
    try:
        await tx.session.flush()
    except IntegrityError as error:
        raise Unauthenticated("openid_other") from error
    return {"provider": issuer, "linked": subject}
