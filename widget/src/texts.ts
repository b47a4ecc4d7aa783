import { english } from './settings';

/** A text for people in the language of the page; `{}` stands for a value. */
/* @__NO_SIDE_EFFECTS__ */
const text = (portuguese: string, inEnglish: string): string => (english ? inEnglish : portuguese);

/** Puts a value where the text has `{}`. */
export const fill = (template: string, value: string | number): string => template.replace('{}', `${value}`);

export const openPanel = text('Abrir atendimento', 'Open support chat');
export const unreadCount = text('{} não lidas', '{} unread');
export const closePanel = text('Fechar', 'Close');
export const title = text('Fale com a gente', 'Talk to us');

export const department = text('Setor', 'Department');
export const nobodyOnline = text('Ninguém online: deixe sua mensagem', 'Nobody online: leave a message');
export const inLine = text('{} na fila', '{} in line');
export const waitAbout = text('espera de {}\u00a0min', 'wait {}\u00a0min');

export const closed = text('Fechado', 'Closed');
export const opens = text('Fechado: abre {}', 'Closed: opens {}');

export const expected = text('Previsão: {}.', 'Expected: {}.');
export const planned = text('Manutenção programada: {}.', 'Planned maintenance: {}.');
export const yes = text('Sim', 'Yes');
export const no = text('Não', 'No');

export const yourName = text('Seu nome', 'Your name');
export const optional = text(' (opcional)', ' (optional)');
export const howHelp = text('Como podemos ajudar?', 'How can we help?');
export const contact = text('Telefone ou e-mail', 'Phone or e-mail');
export const leaveTicket = text('Deixar um chamado', 'Leave a ticket');
export const start = text('Iniciar conversa', 'Start chat');
export const fillIn = text('Preencha este campo.', 'Please fill this in.');
export const badCpf = text('CPF inválido: confira os números.', 'Invalid CPF: check the digits.');
export const chooseDepartment = text('Escolha um setor.', 'Choose a department.');
export const noConnection = text('Sem conexão. Tente de novo.', 'No connection. Please try again.');
export const tryAgain = text('Tentar de novo', 'Try again');

export const loading = text('Carregando…', 'Loading…');
export const reconnecting = text('Reconectando…', 'Reconnecting…');
export const write = text('Escreva uma mensagem', 'Write a message');
export const send = text('Enviar', 'Send');
export const charactersLeft = text('{} caracteres restantes', '{} characters left');
export const earlier = text('Mensagens anteriores', 'Earlier messages');
export const sending = text('Enviando', 'Sending');
export const sent = text('Enviada', 'Sent');
export const read = text('Lida', 'Read');
export const failed = text('Não enviada.', 'Not sent.');
export const typing = text('{} está digitando…', '{} is typing…');

export const youAreNext = text('Você é o próximo', 'You are next');
export const yourPlace = text('Você é o {}º da fila', 'You are number {} in line');
export const ticketLeft = text('Chamado: respondemos depois', 'Ticket: we answer later');
export const attending = text('Em atendimento', 'Attending you');
export const protocol = text('Protocolo {}', 'Protocol {}');

export const endChat = text('Encerrar', 'End chat');
export const endQuestion = text('Encerrar esta conversa?', 'End this chat?');
export const leaveQuestion = text('Sair? O chamado continua com a gente.', 'Leave? We keep your ticket.');
export const keepTalking = text('Continuar', 'Keep talking');
export const ended = text('Conversa encerrada.', 'This chat has ended.');
export const kept = text('Seu texto ficou guardado para uma nova conversa.', 'Your text is kept for a new chat.');
export const reopen = text('Escreva para retomar a conversa', 'Write to reopen this chat');
export const newChat = text('Nova conversa', 'New chat');
export const rateQuestion = text('Como foi o atendimento?', 'How did we do?');
export const comment = text('Comentário', 'Comment');
export const rate = text('Avaliar', 'Rate');
export const thanks = text('Obrigado pela avaliação!', 'Thank you for your rating!');
