import './styleSheets'
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './page.css'
import { createClient } from 'graphql-ws'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createElement } from 'react'
import { createRoot } from 'react-dom/client'

const socket = location.origin.replace(/^http/, 'ws')
const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  wsClient: createClient({ url: `${socket}/graphql`, lazy: true }),
})

const target = document.getElementById('graphiql')
if (target) createRoot(target).render(createElement(GraphiQL, { fetcher, shouldPersistHeaders: false }))
