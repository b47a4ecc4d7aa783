"""AliDash: the support desk of a company that serves many people over a network."""
