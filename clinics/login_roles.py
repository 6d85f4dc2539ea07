"""Which login may serve requests: one that row-level security binds, and that could not switch it off."""

from django.db import connections

# Of the login and of every role it could become by SET ROLE.
UNBOUND = """
SELECT EXISTS (
           SELECT FROM pg_roles
           WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')
       ),
       EXISTS (
           SELECT FROM pg_class
           WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema())
             AND pg_has_role(current_user, relowner, 'MEMBER')
       )
"""


def why_unbound(using: str = "default") -> str:
    """One line for the operator; empty where the login is bound. (FORCE binds an owner, who can lift it.)"""
    with connections[using].cursor() as cursor:
        cursor.execute(UNBOUND)
        is_above_policies, is_owner = cursor.fetchone()
    if is_above_policies:
        return "DATABASE_URL signs in as a role that row-level security does not bind."
    if is_owner:
        return "DATABASE_URL signs in as the owner of the tables, who can switch row-level security off."
    return ""
