"""The use cases: one behaviour behind GraphQL, REST, jobs and the command line."""
