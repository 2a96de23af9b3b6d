"""The pages, one file a desk; each is a function from a request to a reply."""
