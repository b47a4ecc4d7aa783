"""What the description of the routes says to people, in Portuguese and in English."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.errors import (
    AppError,
    Capacity,
    ChatClosed,
    Conflict,
    DepartmentClosed,
    ErrorCode,
    Forbidden,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    Problem,
    ProofNeeded,
    RateLimited,
    StorageFull,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from api.texts import Locale
from rest_compat.body import KEY_LIMIT, LIMIT, Misread
from rest_compat.reply import Failure


@dataclass(frozen=True)
class Told:
    """One text in both languages."""

    portuguese: str
    english: str

    def to(self, locale: Locale) -> str:
        """The text in the reader's language."""
        return self.portuguese if locale is Locale.PT_BR else self.english


TITLE: Final = Told("AliDash: API REST", "AliDash: REST API")
INTRODUCTION: Final = Told(
    "Para robôs (WhatsApp, Telegram), sites e scripts. JSON em UTF-8, nomes em snake_case, horários ISO "
    "8601 em UTC com Z, durações em segundos inteiros. Todo endereço responde com e sem a barra final, "
    "sem redirecionar. null é o mesmo que não enviar o campo; um campo desconhecido é recusado. Corpo de "
    f"até {LIMIT // 1024} KiB.",
    "For bots (WhatsApp, Telegram), sites and scripts. JSON in UTF-8, names in snake_case, times ISO 8601"
    " in UTC with Z, durations in whole seconds. Every address answers with and without its trailing "
    "slash, without a redirect. null is the same as leaving the field out; an unknown field is refused. A"
    f" body may have up to {LIMIT // 1024} KiB.",
)
ERRORS: Final = Told(
    "Todo erro é application/problem+json (RFC 9457). code é para programas; detail e errors, para "
    "pessoas, em português ou, por Accept-Language, em inglês. Um erro não deixa nada pela metade.",
    "Every error is application/problem+json (RFC 9457). code is for programs; detail and errors are for "
    "people, in Portuguese or, by Accept-Language, in English. An error leaves nothing half done.",
)
CREDENTIALS: Final[dict[str, Told]] = {
    "chatToken": Told(
        "Token de um chat, dado uma vez por chat/init: abre só esse chat.",
        "The token of one chat, given once by chat/init: it opens that chat only.",
    ),
    "staffToken": Told(
        "Token de alguém da equipe, feito com `alidash token create`: pode o que a pessoa pode.",
        "The token of a person of the staff, made with `alidash token create`: it may what the person may.",
    ),
    "apiKey": Told(
        "Chave de um robô ou script, com escopos.",
        "The key of a bot or script, with scopes.",
    ),
    "panelCookie": Told(
        "O cookie do painel; com ele, POST e PATCH pedem também o cabeçalho X-CSRF-Token.",
        "The panel's cookie; with it, POST and PATCH need the X-CSRF-Token header too.",
    ),
}
IDEMPOTENCY_KEY: Final = Told(
    f"Até {KEY_LIMIT} letras, números e sinais ASCII, sem espaço. Repetir o pedido com a mesma chave responde "
    "200 com o mesmo chat e um token novo; a mesma chave com outro corpo é 422.",
    f"Up to {KEY_LIMIT} visible ASCII characters. Repeating the request with the same key answers 200 with the "
    "same chat and a new token; the same key with another body is 422.",
)

SUMMARIES: Final[dict[str, Told]] = {
    "list_departments": Told("Setores ativos", "Active departments"),
    "open_chat": Told("Abrir um chat", "Open a chat"),
    "read_history": Told("Ler as mensagens", "Read the messages"),
    "send_message": Told("Escrever uma mensagem", "Write a message"),
    "hand_off_chat": Told("Passar do robô para a fila", "Hand off from the bot to the queue"),
    "claim_chat": Told("Assumir um chat", "Claim a chat"),
    "end_chat": Told("Encerrar um chat", "End a chat"),
    "rate_chat": Told("Avaliar um chat", "Rate a chat"),
    "list_queue": Told("Quem espera", "Who waits"),
    "set_status": Told("Escolher o próprio status", "Choose the own status"),
    "get_metrics": Told("Indicadores de um período", "Figures of a period"),
    "export_metrics": Told("Indicadores em CSV", "Figures as CSV"),
    "get_user": Told("Ver um perfil", "Read a profile"),
    "update_user": Told("Alterar um perfil", "Change a profile"),
    "report_access_point": Told("Batimento de um ponto de acesso", "Heartbeat of an access point"),
    "place_customer": Told(
        "Dizer em que ponto de acesso um cliente está", "Say which access point a customer hangs on"
    ),
    "get_current_incident": Told(
        "A massiva e a manutenção que afetam um cliente", "The incident and the maintenance that affect a customer"
    ),
}
DETAILS: Final[dict[str, Told]] = {
    "list_departments": Told(
        "Em ordem, com a fila de cada um. Os nomes em slug servem em todo lugar que pede um setor.",
        "In order, with the queue of each. The slugs serve wherever a department is asked for.",
    ),
    "open_chat": Told(
        "Coloca o cliente na fila, ou com o robô (owner: bot). Responde 201, ou 200 quando um pedido "
        "anterior já abriu o chat: pela mesma Idempotency-Key ou, com chave de API, pelo mesmo "
        "external_id no mesmo canal enquanto o chat estiver aberto. Sem chave de API há limites por "
        "endereço e por CPF.",
        "Puts the customer into the queue, or with the bot (owner: bot). Answers 201, or 200 when an "
        "earlier request had opened the chat: by the same Idempotency-Key or, with an API key, by the "
        "same external_id in the same channel while the chat is open. Without an API key there are limits"
        " by address and by CPF.",
    ),
    "read_history": Told(
        "Chame de novo com after = next_after; peça logo a seguir enquanto has_more for true. Notas "
        "internas só vão para a equipe.",
        "Call again with after = next_after; at once while has_more is true. Internal notes reach staff only.",
    ),
    "send_message": Told(
        "Escreve como cliente, atendente ou robô, conforme o token. 201 quer dizer gravado; o mesmo "
        "client_id de novo responde 200 com a primeira resposta. O atendente precisa ter assumido o chat;"
        " o robô só escreve enquanto a vez é dele.",
        "Writes as customer, agent or bot, by the token. 201 means stored; the same client_id again "
        "answers 200 with the first answer. An agent must have claimed the chat; a bot writes only while "
        "it is its move.",
    ),
    "hand_off_chat": Told(
        "O robô entrega o chat aberto com owner: bot para as pessoas do setor. Repetir não muda nada.",
        "The bot gives a chat that was opened with owner: bot to the people of the department. A repeat "
        "changes nothing.",
    ),
    "claim_chat": Told(
        "De dois atendentes ao mesmo tempo, só um consegue; o outro recebe 409. Assumir o próprio chat de"
        " novo não muda nada.",
        "Of two agents at once exactly one gets it; the other gets 409. Claiming one's own chat again changes nothing.",
    ),
    "end_chat": Told(
        "Encerra e responde os tempos; de novo, a mesma resposta. A nota é do cliente (token do chat ou robô).",
        "Ends it and answers the times; again, the same answer. The rating is the customer's (chat token or bot).",
    ),
    "rate_chat": Told(
        "Depois do fim, com o token do chat ou, a qualquer hora, com a chave que abriu o chat. A nota muda só "
        "enquanto o chat ainda poderia ser reaberto (ALIDASH_REOPEN_WINDOW); depois, 409.",
        "After the end, with the chat's token or, at any time, with the key that opened the chat. The rating changes "
        "only for as long as the chat could be reopened (ALIDASH_REOPEN_WINDOW); after that, 409.",
    ),
    "list_queue": Told(
        "Na ordem em que serão atendidos, os primeiros 500: dos setores de quem pergunta, ou de todos "
        "para quem vê tudo.",
        "In the order to be served, the first 500: of the caller's departments, or of all for who sees all.",
    ),
    "set_status": Told(
        "A pausa pede um motivo.",
        "A pause needs a reason.",
    ),
    "get_metrics": Told(
        "As mesmas definições do painel. Sem casos, o valor é null, nunca zero.",
        "The same definitions as in the panel. Without cases a value is null, never zero.",
    ),
    "export_metrics": Told(
        "Uma linha por setor, atendente ou dia, para planilhas. Sem casos, a célula fica vazia. Textos que uma "
        "planilha leria como fórmula começam com apóstrofo.",
        "A line for each department, agent or day, for spreadsheets. Without cases a cell is empty. Text that a "
        "spreadsheet would read as a formula begins with an apostrophe.",
    ),
    "get_user": Told(
        "De qualquer pessoa, para quem administra; o próprio, para os demais.",
        "Anybody's, for who administers; one's own, for the others.",
    ),
    "update_user": Told(
        "O que não for enviado fica como está. Ninguém dá permissões que não tem.",
        "What is not sent stays as it is. Nobody grants permissions that they lack.",
    ),
    "report_access_point": Told(
        "O equipamento está vivo; se quiser, diz como está. Sem corpo também vale. Quando os batimentos param, as "
        "checagens que faltam contam como falhas.",
        "The device lives; it may say how it fares. No body will do. When heartbeats stop, those that are missing "
        "count as failures.",
    ),
    "place_customer": Told(
        "Quem ainda não conhecemos é cadastrado, com o nome; quem conhecemos fica como está, fora o ponto de acesso. "
        "De novo, nada muda. Listas de até 500 vão por GraphQL (importCustomers).",
        "Whom we do not know yet is written down, with the name; whom we know stays as they are, but for the access "
        "point. Again, nothing changes. Lists of up to 500 go by GraphQL (importCustomers).",
    ),
    "get_current_incident": Told(
        "Só o que alguém confirmou, e as manutenções anunciadas. O cliente é dito pelo id, nunca pelo CPF: endereços "
        "ficam em registros. Uma chave só com chat:write pergunta por clientes de chats que ela abriu. Conte a "
        "resposta só a quem você sabe que é o cliente: ela diz onde ele mora.",
        "Only what somebody has confirmed, and maintenance that is announced. The customer is named by their id, never "
        "by the CPF: addresses are kept in logs. A key with chat:write alone asks of customers with a chat that it has "
        "opened. Tell the answer only to whom you know to be the customer: it says where they live.",
    ),
}

SAMPLES: Final[dict[ErrorCode, AppError]] = {
    ErrorCode.INVALID: Misread.of([Problem("bad_value", ("rating",))]),
    ErrorCode.UNAUTHENTICATED: Unauthenticated("bad_token"),
    ErrorCode.FORBIDDEN: Forbidden("not_allowed"),
    ErrorCode.NOT_FOUND: NotFound("chat_not_found"),
    ErrorCode.CONFLICT: Conflict("chat_not_waiting"),
    ErrorCode.CHAT_CLOSED: ChatClosed("chat_closed"),
    ErrorCode.DEPARTMENT_CLOSED: DepartmentClosed("department_closed", opens="segunda às 08:00"),
    ErrorCode.CAPACITY: Capacity("capacity_reached", capacity=5),
    ErrorCode.IDEMPOTENCY_MISMATCH: IdempotencyMismatch("key_reused"),
    ErrorCode.PROOF_NEEDED: ProofNeeded("proof_needed"),
    ErrorCode.RATE_LIMITED: RateLimited("too_many_requests", retry_after=timedelta(seconds=30), seconds=30),
    ErrorCode.TOO_LARGE: TooLarge("body_too_large", limit=LIMIT),
    ErrorCode.UNAVAILABLE: Unavailable("unavailable"),
    ErrorCode.STORAGE_FULL: StorageFull("storage_full"),
    ErrorCode.INTERNAL: Failure("internal", reference="0197a2b4-6d2f-7e10-a1b2-c3d4e5f60718"),
}
"""One error of each code, to show what it looks like."""
NOT_JSON: Final = Invalid("not_json")
