"""HTML and style sheets of strangers to PDF files, on a pipe, without a network."""
