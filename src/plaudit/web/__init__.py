"""Pages, components and overlays: what people see of Plaudit."""
