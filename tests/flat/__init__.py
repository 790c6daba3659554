"""Whether lists stay flat as data grows: a database with thousands of rows in every table, and what its plans read."""
