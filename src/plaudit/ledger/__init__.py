"""The books: accounts, transfers, wallets, gifts and batches. Their rules live in `sql/`: nothing goes round them."""
