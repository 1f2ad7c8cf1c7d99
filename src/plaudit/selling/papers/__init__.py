"""Papers of sales: receipts, confirmations of what app stores sold, and credit notes of what went back."""
