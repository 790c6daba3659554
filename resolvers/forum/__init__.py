"""The forum: reading it, writing in it, liking, reporting and moderating."""
