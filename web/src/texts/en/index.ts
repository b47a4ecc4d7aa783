import type { Texts } from '../pt-BR'
import { acts } from './acts'
import { apiKeys } from './apiKeys'
import { audit } from './audit'
import { availability } from './availability'
import { bell } from './bell'
import { blocks } from './blocks'
import { card } from './card'
import { chat } from './chat'
import { common, failures, time } from './common'
import { day } from './day'
import { departments } from './departments'
import { category, channel, outcome, permission, priority, reason, role } from './enums'
import { factor } from './factor'
import { history } from './history'
import { holidays } from './holidays'
import { hours } from './hours'
import { inbox } from './inbox'
import { incidents } from './incidents'
import { inventory } from './inventory'
import { join } from './join'
import { keys } from './keys'
import { line } from './line'
import { link } from './link'
import { login } from './login'
import { maintenance } from './maintenance'
import { metrics } from './metrics'
import { network } from './network'
import { overview } from './overview'
import { password } from './password'
import { privacy } from './privacy'
import { profile } from './profile'
import { queue } from './queue'
import { replies } from './replies'
import { rights } from './rights'
import { shell } from './shell'
import { sso } from './sso'
import { team } from './team'
import { tickets } from './tickets'
import { tokens } from './tokens'
import { turn } from './turn'
import { users } from './users'
import { webhooks } from './webhooks'

export const en: Texts = {
  common,
  failures,
  time,
  shell,
  keys,
  profile,
  login,
  sso,
  password,
  link,
  factor,
  availability,
  inbox,
  queue,
  chat,
  turn,
  acts,
  card,
  privacy,
  tickets,
  channel,
  category,
  priority,
  reason,
  outcome,
  role,
  permission,
  overview,
  users,
  departments,
  hours,
  holidays,
  inventory,
  network,
  incidents,
  apiKeys,
  maintenance,
  webhooks,
  metrics,
  history,
  audit,
  bell,
  replies,
  team,
  join,
  line,
  blocks,
  rights,
  tokens,
  day,
}
