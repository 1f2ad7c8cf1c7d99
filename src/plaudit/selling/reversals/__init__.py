"""The way back: withdrawals, refunds, store voids and chargebacks of orders."""
