"""Who may come in, as operators decide it: keys of servers, platforms that are believed, roles of operators."""
