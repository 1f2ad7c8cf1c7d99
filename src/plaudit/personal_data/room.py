"""What this room brings to the house."""

from plaudit.room import Room, RoomCommand

ROOM = Room(
    package="plaudit.personal_data",
    tables="data_export data_export_part erasure legal_hold retention_day",
    held="holdings:HELD",
    kept="retention:KEPT",
    erased_by="erase_requests",
    sealed="exports:COLUMNS",
    routers=("api:router", "erasure_api:router", "requests_api:router", "retention_api:router", "merging_api:router"),
    jobs="jobs:personal_data_jobs",
    queues="jobs:QUEUES",
    pages=("your_data", "retention", "holds", "data_requests"),
    commands=(
        RoomCommand("erasures", "commands:erasures", "Who was erased, for a restore to erase again; it names nobody."),
        RoomCommand("person", "commands:person", "Say what somebody's platform calls them now."),
    ),
)
