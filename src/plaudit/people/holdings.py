"""What this room's tables hold of people."""

from plaudit import holdings as kinds
from plaudit.holdings import Holding, about_nobody

HELD = (
    Holding(table="allowance_taken", codes="kind", kind=kinds.SIGN_INS, of="person_id"),
    Holding(table="api_key", codes="name scopes networks authority", hidden="secret_sha256 former_secret_sha256"),
    Holding(
        table="person",
        codes="platform_roles",
        personal="subject handle display_name avatar country language born_on",
        kind=kinds.PROFILE,
        of="id",
    ),
    Holding(
        table="person_move",
        personal="subject to_subject",
        kind=kinds.PROFILE,
        where="$1 in (person_id, merged_id)",
    ),
    Holding(table="person_email", personal="address bounce", kind=kinds.PROFILE, of="person_id"),
    Holding(table="role_grant", codes="role authority", kind=kinds.WORK, of="person_id"),
    Holding(
        table="session",
        codes="roles acr",
        personal="device network",
        hidden="secret_sha256 platform_session sealed_id_token",
        kind=kinds.SIGN_INS,
        of="person_id",
    ),
    Holding(
        table="sign_in_code", codes="roles", personal="next", hidden="code_sha256", kind=kinds.SIGN_INS, of="person_id"
    ),
    Holding(table="logout_token", codes="token_id"),
    *about_nobody(
        issuer="authority issuer audience jwks_uri jwks allowed_roles claims role_names client_id scopes sign_in_label",
    ),
)
