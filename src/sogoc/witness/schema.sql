-- What a witness remembers. Never restore this file from a copy: a witness that forgets can be made
-- to sign two histories.
create table identity (
    id integer primary key check (id = 1),
    vkeys text not null,
    last_signed_at integer not null default 0
) strict;

create table log (
    origin text primary key,
    origin_hash text not null unique
) strict;

create table log_key (
    origin text not null references log (origin),
    vkey text not null,
    primary key (origin, vkey)
) strict;

-- The last checkpoint cosigned, one row a log.
create table head (
    origin text primary key references log (origin),
    size integer not null check (size >= 0),
    root blob not null check (length(root) = 32),
    note text not null,
    signed_at integer not null
) strict;

-- Checkpoints the log signed and that contradict what this witness had cosigned, as they came.
create table evidence (
    id integer primary key,
    origin text not null references log (origin),
    kind text not null check (kind in ('fork', 'inconsistent')),
    size integer not null,
    root blob not null,
    request blob not null,
    note text not null,
    own_note text not null,
    seen_at integer not null,
    settled_at integer,
    unique (origin, kind, size, root)
) strict;

create trigger identity_time before update of last_signed_at on identity
when new.last_signed_at < old.last_signed_at
begin select raise(abort, 'time runs backwards'); end;

create trigger identity_keys before update of id, vkeys on identity
begin select raise(abort, 'keys are for life'); end;

create trigger head_grows before update on head
when new.origin <> old.origin or new.size < old.size
    or (new.size = old.size and new.root <> old.root)
begin select raise(abort, 'a tree neither shrinks nor forks'); end;

create trigger head_stays before delete on head
begin select raise(abort, 'a head is not forgotten'); end;

create trigger evidence_stays before delete on evidence
begin select raise(abort, 'evidence is not deleted'); end;

create trigger evidence_as_it_came before update on evidence
when new.origin <> old.origin or new.kind <> old.kind or new.size <> old.size
    or new.root <> old.root or new.request <> old.request or new.note <> old.note
    or new.own_note <> old.own_note or new.seen_at <> old.seen_at
    or old.settled_at is not null
begin select raise(abort, 'evidence is not altered'); end;
