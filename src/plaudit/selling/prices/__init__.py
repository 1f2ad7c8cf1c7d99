"""The room of price books: their files, linter, comparison, drafts, versions, and the tax rates they are made with."""
