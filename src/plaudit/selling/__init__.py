"""Money in: price books, quotes, orders, receipts, and what a viewer's coins cost."""
