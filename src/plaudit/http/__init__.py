"""The assembled server: routes, problems, the description of the API, processes."""
