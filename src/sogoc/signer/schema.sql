-- What the signer remembers. Never restore this file from a copy: a signer that forgets can be made
-- to sign two histories. When it is lost, let the signer make a new one (README.md).
create table identity (
    id integer primary key check (id = 1),
    keys text not null,
    -- 1: made after an earlier memory was lost; each log is adopted before it is signed again.
    is_successor integer not null check (is_successor in (0, 1))
) strict;

-- The last checkpoint signed, one row a log.
create table head (
    origin text primary key,
    size integer not null check (size >= 0),
    root blob not null check (length(root) = 32),
    note text not null
) strict;

create trigger identity_keys before update on identity
begin select raise(abort, 'keys are for life'); end;

create trigger identity_stays before delete on identity
begin select raise(abort, 'keys are for life'); end;

create trigger head_grows before update on head
when new.origin <> old.origin or new.size < old.size
    or (new.size = old.size and new.root <> old.root)
begin select raise(abort, 'a tree neither shrinks nor forks'); end;

create trigger head_stays before delete on head
begin select raise(abort, 'a head is not forgotten'); end;
