"""The books: accounts, transfers, wallets, gifts and their batches. Rules live in `sql/`, where nothing goes round them."""
