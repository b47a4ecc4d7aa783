import { ptBR } from '../texts/pt-BR'
import type { StaffUser } from '../graphql/users'

export const roles = Object.keys(ptBR.role) as StaffUser['role'][]
