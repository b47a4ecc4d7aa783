// Asks a server everything that the public audit of GraphQL over HTTP asks, and prints what it found, as JSON.
import { auditServer } from '../../web/node_modules/graphql-http/lib/index.mjs'

const found = await auditServer({ url: process.argv[2], fetchFn: fetch })
console.log(JSON.stringify(found.map(({ id, name, status, reason }) => ({ id, name, status, reason }))))
