"""A month of a property company, played without a database: how well rules serve, figure by figure."""
