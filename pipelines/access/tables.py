"""The tables of accounts and sessions, in SQL that SQLite and PostgreSQL both know; times are seconds since 1970, truth is 0 or 1."""

TABLES = """
create table if not exists account (
    account text primary key, name text not null, role text not null, township_code text, external text unique, password text,
    must_change integer not null default 0, disabled integer not null default 0, created_at double precision not null, changed_at double precision not null
);
create table if not exists session (
    key text primary key, account text not null, method text not null,
    created_at double precision not null, expires_at double precision not null, ended_at double precision
);
create table if not exists failure (account text not null, address text not null, failed_at double precision not null);
create table if not exists leave (
    key text primary key, session text not null, account text not null, what text not null, reason text not null,
    given_at double precision not null, until double precision not null
);
create index if not exists session_account on session (account);
create index if not exists failure_account on failure (account, failed_at);
create index if not exists failure_address on failure (address, failed_at);
"""
NAMES = ("account", "session", "failure")  # what goes along when a home moves; a leave is over in two minutes
