"""Questions over generated databases, the queries that answer them, and engines that run queries nobody trusts."""
