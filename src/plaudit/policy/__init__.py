"""Who may do what, and where somebody is: rules of places, with the evidence they rest on."""
