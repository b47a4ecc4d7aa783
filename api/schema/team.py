"""The people who attend in the schema: the whole team, as it is and as it moves."""

from collections.abc import AsyncGenerator
from datetime import datetime

import strawberry

from api.resolvers import team as use
from api.schema.base import Info, Request
from api.schema.chats import Chat
from api.schema.users import User
from api.subscriptions.team import TeamSeen, team_states


@strawberry.type(description="Somebody who attends, at this moment.")
class TeamMember:
    user: User = strawberry.field(description="Who they are, with their presence.")
    load: int = strawberry.field(description="Live chats that weigh on them, of their capacity.")
    tickets: int = strawberry.field(description="Tickets that are theirs; they weigh nothing.")
    chats: list[Chat] = strawberry.field(
        description="Their live chats that the caller may see, the oldest claim first."
    )

    @classmethod
    def of(cls, request: Request, member: use.Member) -> "TeamMember":
        chats = [Chat.of(request, chat.row) for chat in member.chats]
        return cls(user=User.of(member.user), load=member.load, tickets=member.tickets, chats=chats)


@strawberry.type(description="Everybody active who may attend.")
class Team:
    at: datetime = strawberry.field(description="When this was so.")
    members: list[TeamMember] = strawberry.field(description="By name.")

    @classmethod
    def of(cls, request: Request, seen: TeamSeen) -> "Team":
        return cls(at=seen.at, members=[TeamMember.of(request, member) for member in seen.members])


@strawberry.type
class TeamQuery:
    @strawberry.field(description="The people who attend, for who manages the queue.")
    async def team(self, info: Info) -> Team:
        ctx = info.context.ctx
        members = await use.view_team(ctx)
        return Team.of(info.context, TeamSeen(ctx.now(), members))


@strawberry.type
class TeamSubscription:
    @strawberry.subscription(
        description="The team as it is now, then whenever anything but the time is another, at most once a second."
    )
    async def team(self, info: Info) -> AsyncGenerator[Team, None]:
        request = info.context
        async for seen in team_states(request.ctx, request.running):
            request.forget()
            yield Team.of(request, seen)
