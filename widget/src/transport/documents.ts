const NOTICE = '{status message since expectedAt}}';
const CHAT = 'fragment C on Chat{id protocol kind status agentName position reopensUntil customerReadSeq agentReadSeq department{name online}estimatedWait{atLeast atMost}rating{score}notice' + NOTICE;
const MESSAGE = 'fragment M on Message{id seq sender senderName kind body clientId sentAt}';
const ERRORS = 'userErrors{code message field}}}';
const FOR_CHAT = 'mutation($id:ID!';

export const DEPARTMENTS = '{departments{id slug name online waiting cpfPolicy openNow opensInWords whenClosed outOfHoursMessage privacyNotice estimatedWait{atLeast atMost}}publicNotices' + NOTICE;

export const LOAD_CHAT =
  'query($id:ID!,$before:Cursor){chat(id:$id){...C cursor messages(last:50,before:$before){nodes{...M}pageInfo{hasPreviousPage startCursor}}}}' +
  CHAT + MESSAGE;

export const OPEN_CHAT = 'mutation($input:OpenChatInput!){payload:openChat(input:$input){token chat{id}' + ERRORS;

export const SEND_MESSAGE =
  FOR_CHAT + ',$body:String!,$clientId:ID){payload:sendMessage(chatId:$id,body:$body,clientId:$clientId){message{...M}' + ERRORS + MESSAGE;

export const MARK_READ = FOR_CHAT + ',$seq:Int!){markRead(chatId:$id,seq:$seq){chat{id}}}';

export const SET_TYPING = FOR_CHAT + '){setTyping(chatId:$id){done}}';

export const CLOSE_CHAT = FOR_CHAT + '){payload:closeChat(id:$id){chat{...C}' + ERRORS + CHAT;

export const RATE_CHAT =
  FOR_CHAT + ',$score:Int!,$comment:String){payload:rateChat(id:$id,score:$score,comment:$comment){chat{...C}' + ERRORS + CHAT;

export const CHAT_EVENTS =
  'subscription($id:ID!,$after:Cursor){chatEvents(chatId:$id,after:$after){cursor event{__typename ...on MessageSent{message{...M}}...on MessagesRead{by seq}...on ChatChanged{chat{...C}}...on ChatEnded{chat{...C}}...on TypingShown{by name}...on PositionMoved{position estimatedWait{atLeast atMost}}}}}' +
  CHAT + MESSAGE;
