"""What graphql-core asks for a row: rows, references and lists, gathered over one tick of the loop."""
