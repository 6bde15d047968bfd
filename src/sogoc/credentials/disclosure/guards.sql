-- Public look-up. Anonymous people see no row of any table; they get what these functions answer:
-- what the law discloses of ONE credential, masked, and only to who knows its code or its numbers.
-- Personal columns never leave the functions. Idempotent; run as the owner of the tables.

ALTER TABLE credentials_lookup_failure ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON credentials_lookup_failure FROM PUBLIC, {{app_role}};

-- First letters of a name, first and last characters of a number.
CREATE OR REPLACE FUNCTION sogoc_masked_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(name, '(\S)\S*', '\1***', 'g');
CREATE OR REPLACE FUNCTION sogoc_masked_number(number text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN number = '' THEN ''
        WHEN length(number) < 6 THEN '***'
        ELSE left(number, 2) || '***' || right(number, 2)
    END;

DROP FUNCTION IF EXISTS sogoc_look_up(text, text, date, text, text, bytea, integer);
DROP FUNCTION IF EXISTS sogoc_look_up_code(text);
DROP FUNCTION IF EXISTS sogoc_disclosed(bigint);

-- What is disclosed of one line. Not granted to anybody: only the two functions below call it.
-- `published`: a signed checkpoint covers the leaf of the line.
-- In plpgsql, which keeps its plans for the session: in plain SQL planning cost four times the rest.
CREATE FUNCTION sogoc_disclosed(p_line bigint) RETURNS TABLE (
    code text, kind text, issuer_code text, issuer_name text, issued_on date, is_live boolean,
    masked_serial text, masked_entry text, masked_name text, revoked_on date,
    revoked_decision text, published boolean
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT l.code::text, l.kind::text, o.code::text, o.name::text, l.issued_on, l.is_live,
        sogoc_masked_number(l.serial), sogoc_masked_number(l.entry_number),
        coalesce(sogoc_masked_name(p.full_name), ''), r.issued_on, r.decision_number::text,
        coalesce(
            s.index < (SELECT max(c.size) FROM credentials_log_checkpoint c
                       WHERE c.stream = s.stream),
            false
        )
    FROM credentials_register_line l
    JOIN people_organisation o ON o.id = l.issuer_id
    LEFT JOIN credentials_register_personal p ON p.line_id = l.id
    LEFT JOIN credentials_register_line r ON r.ref_id = l.id AND r.act = 'revoke'
    LEFT JOIN credentials_log_leaf f ON f.leaf_hash = l.leaf_hash
    LEFT JOIN credentials_log_position s ON s.leaf_id = f.id
    WHERE l.id = p_line;
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_disclosed(bigint) FROM PUBLIC;

CREATE FUNCTION sogoc_look_up_code(p_code text) RETURNS TABLE (
    code text, kind text, issuer_code text, issuer_name text, issued_on date, is_live boolean,
    masked_serial text, masked_entry text, masked_name text, revoked_on date,
    revoked_decision text, published boolean
)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT d.* FROM credentials_register_line l, sogoc_disclosed(l.id) d
    WHERE l.code = p_code AND l.act <> 'revoke';
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_look_up_code(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_look_up_code(text) TO {{app_role}};

-- Serial (spaces removed, capitals) and entry number (likewise) and whatever is given of birth date
-- and name must all be those of one line. `outcome`: found | not_found | too_many; one row always.
-- An unknown serial costs the same as a wrong name: one search by serial, one personal row read and
-- compared (somebody's, when the serial is unknown), one failure counted.
CREATE FUNCTION sogoc_look_up(
    p_serial text, p_entry text, p_birth date, p_name_key text, p_name_fold text,
    p_failure_key bytea, p_limit integer
) RETURNS TABLE (
    outcome text, same_accents boolean,
    code text, kind text, issuer_code text, issuer_name text, issued_on date, is_live boolean,
    masked_serial text, masked_entry text, masked_name text, revoked_on date,
    revoked_decision text, published boolean
)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    this_hour timestamptz := date_trunc('hour', now());
    candidates bigint[];
    matched bigint;
    accents boolean;
BEGIN
    IF p_birth IS NULL AND p_name_key IS NULL THEN
        RAISE EXCEPTION 'a birth date or a name must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM 1 FROM credentials_lookup_failure f
    WHERE f.key = p_failure_key AND f.hour = this_hour AND f.failures >= p_limit;
    IF FOUND THEN
        outcome := 'too_many';
        RETURN NEXT;
        RETURN;
    END IF;
    SELECT array_agg(l.id) INTO candidates
    FROM credentials_register_line l
    -- one index each: live serials, and those of old registers
    WHERE upper(replace(l.serial, ' ', '')) = p_serial
      AND (l.is_live AND l.act = 'issue' OR l.act = 'legacy')
      AND upper(replace(l.entry_number, ' ', '')) = p_entry;
    SELECT p.line_id, p.name_key = p_name_key INTO matched, accents
    FROM credentials_register_personal p
    WHERE p.line_id = ANY (coalesce(
            candidates, ARRAY(SELECT one.line_id FROM credentials_register_personal one LIMIT 1)))
      AND (p_birth IS NULL OR p.birth_date = p_birth)
      AND (p_name_key IS NULL OR p.name_key = p_name_key OR p.name_fold = p_name_fold)
    ORDER BY (p.name_key = p_name_key) DESC NULLS LAST, p.line_id
    LIMIT 1;
    IF candidates IS NULL OR matched IS NULL THEN
        INSERT INTO credentials_lookup_failure AS f (key, hour, failures)
        VALUES (p_failure_key, this_hour, 1)
        ON CONFLICT ON CONSTRAINT lookup_failure_once DO UPDATE SET failures = f.failures + 1;
        outcome := 'not_found';
        RETURN NEXT;
        RETURN;
    END IF;
    RETURN QUERY SELECT 'found', accents, d.* FROM sogoc_disclosed(matched) d;
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_look_up(text, text, date, text, text, bytea, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_look_up(text, text, date, text, text, bytea, integer)
    TO {{app_role}};

-- Counts older than two days are of no use to anybody.
CREATE OR REPLACE FUNCTION sogoc_forget_failures() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM credentials_lookup_failure WHERE hour < now() - interval '2 days' RETURNING 1
    ) SELECT count(*) FROM gone
$$;
REVOKE EXECUTE ON FUNCTION sogoc_forget_failures() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_forget_failures() TO {{app_role}};
