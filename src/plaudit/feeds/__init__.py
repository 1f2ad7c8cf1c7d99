"""Who follows the log of events on behalf of others: webhooks, the feed for servers, and gifts copied into it."""
