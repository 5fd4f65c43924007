"""The pages, one module a family: each reads an address and fills a template."""
