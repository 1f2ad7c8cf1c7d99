"""The general ledger for accountants: the chart of accounts, its journal in double entry, and balances."""
