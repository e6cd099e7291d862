"""Names of audit events. Never renamed, only retired: the trail of ten years ago must still be readable."""

from enum import StrEnum


class Event(StrEnum):
    """What happened, as `<thing>:<act>`."""

    RECORD_OPEN = "record:open"
    RECORD_ACCESS = "record:access"
    RECORD_READ = "record:read"
    RECORD_SEARCH = "record:search"
    RECORD_HISTORY = "record:history"
    RECORD_WRITE = "record:write"
    RECORD_WRITTEN = "record:written"
    PERSON_REGISTER = "person:register"
    PERSON_FIND = "person:find"
    CONSENT_CHANGE = "consent:change"
    SIGN_IN_PASSWORD = "sign-in:password"
    SIGN_IN_CODE = "sign-in:code"
    SIGN_IN = "sign-in:done"
    SIGN_OUT = "sign-in:out"
    TOKEN_ISSUE = "token:issue"
    CLIENT_CREATE = "client:create"
    ACCOUNT_CREATE = "account:create"
    ACCOUNT_CHANGE = "account:change"
    PERSON_CHANGE = "person:change"
    PROVIDER_CREATE = "provider:create"
    ROLES_LOAD = "roles:load"
    NOTICE_SENT = "notice:sent"
    AUDIT_INSPECT = "audit:inspect"
    AUDIT_EXPORT = "audit:export"
