-- Where new leaves lie, so that the sequencer finds them without looking at those it has placed.
-- Idempotent; run as the owner.

REVOKE ALL ON credentials_log_arrival FROM PUBLIC, {{app_role}};
GRANT SELECT, DELETE ON credentials_log_arrival TO {{app_role}};

-- One row an insert, in its transaction: it is seen when its leaves are, however late they commit.
CREATE OR REPLACE FUNCTION sogoc_log_leaves_arrive() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO credentials_log_arrival (low, high)
    SELECT min(id), max(id) FROM new_rows HAVING count(*) > 0;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_log_leaves_arrive() FROM PUBLIC;
DROP TRIGGER IF EXISTS log_leaves_arrive ON credentials_log_leaf;
CREATE TRIGGER log_leaves_arrive AFTER INSERT ON credentials_log_leaf
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sogoc_log_leaves_arrive();

-- Leaves from before this table are looked at once.
INSERT INTO credentials_log_arrival (low, high)
SELECT min(id), max(id) FROM credentials_log_leaf HAVING count(*) > 0;
