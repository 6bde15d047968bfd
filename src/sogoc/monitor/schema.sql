-- What a monitor remembers of the logs it follows. Restored from an old copy it would believe an old
-- history again: keep it, or start anew.
create table log (
    origin text primary key,
    size integer not null check (size >= 0),
    root blob not null check (length(root) = 32),
    note text not null,
    first_seen_at integer not null,      -- when this checkpoint was first seen
    witnessed_at integer not null,       -- latest time a witness stated on it; 0: none did
    next_bundle integer not null default 0  -- where looking again goes on
) strict;

-- Right edge of each log: partial tiles and the unfinished bundle, as they follow from the entries.
create table edge (
    origin text not null references log (origin),
    path text not null,
    data blob not null,
    primary key (origin, path)
) strict;

-- Root over the 256 leaves of each full bundle.
create table bundle (
    origin text not null,
    number integer not null,
    root blob not null check (length(root) = 32),
    primary key (origin, number)
) strict, without rowid;

-- When something was well for the last time: "answer", "witness <name>".
create table well (
    origin text not null,
    what text not null,
    at integer not null,
    primary key (origin, what)
) strict;

create table book (
    origin text not null,
    issuer text not null,
    book text not null,
    last integer not null,
    primary key (origin, issuer, book)
) strict, without rowid;

create table gap (
    origin text not null,
    issuer text not null,
    book text not null,
    low integer not null,
    high integer not null,
    primary key (origin, issuer, book, low)
) strict, without rowid;

create table night (
    origin text not null,
    issuer text not null,
    night text not null,
    acts integer not null,
    primary key (origin, issuer, night)
) strict, without rowid;

-- Acts in the name of the issuers watched.
create table own (
    origin text not null,
    number integer not null,
    leaf blob not null,
    commitment blob not null,
    described text not null,
    primary key (origin, number)
) strict, without rowid;
create index own_by_leaf on own (leaf);
create index own_by_commitment on own (commitment);

-- Signed notes that contradict each other, as they came.
create table evidence (
    id integer primary key,
    origin text not null,
    kind text not null,
    note text not null,
    own_note text not null,
    seen_at integer not null,
    unique (origin, kind, note)
) strict;

-- A lasting alarm ends when somebody settles it, another by itself.
create table alarm (
    id integer primary key,
    key text not null,
    scope text not null,
    kind text not null,
    what text not null,
    vi text not null,
    en text not null,
    lasting integer not null,
    first_at integer not null,
    last_at integer not null,
    ended_at integer,
    ended_for text,
    still_found integer not null default 0  -- settled, while what it says goes on
) strict;
create unique index alarm_open on alarm (key) where ended_at is null;
create index alarm_key on alarm (key);

create table delivery (
    alarm integer not null references alarm (id),
    channel text not null,
    tries integer not null default 0,
    next_at integer not null,
    done_at integer,
    error text not null default '',
    primary key (alarm, channel)
) strict;

create trigger log_grows before update on log
when new.origin <> old.origin or new.size < old.size
    or (new.size = old.size and new.root <> old.root)
begin select raise(abort, 'a tree neither shrinks nor forks'); end;

create trigger log_stays before delete on log
begin select raise(abort, 'a log is not forgotten'); end;

create trigger evidence_stays before delete on evidence
begin select raise(abort, 'evidence is not deleted'); end;

create trigger alarm_stays before delete on alarm
begin select raise(abort, 'an alarm is not deleted'); end;
