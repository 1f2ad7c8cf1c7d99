"""What this room brings to the house."""

from plaudit.room import Room

ROOM = Room(
    package="plaudit.personal_data",
    tables="data_export data_export_part",
    held="holdings:HELD",
    sealed="exports:COLUMNS",
    routers=("api:router",),
    jobs="jobs:personal_data_jobs",
    queues="exports:QUEUES",
    pages=("your_data",),
)
