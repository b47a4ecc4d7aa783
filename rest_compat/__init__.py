"""The REST door: /api/v1, a thin layer over the same use cases as the GraphQL schema."""
