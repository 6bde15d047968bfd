-- Erasure of a person's data, whole: the one act that changes rows which otherwise only grow.
-- Idempotent; run as the owner of the tables, after the guards of every applet named here.

REVOKE ALL ON credentials_erased_file FROM PUBLIC, {{app_role}};
GRANT SELECT ON credentials_erased_file TO {{app_role}};
DROP TRIGGER IF EXISTS erased_file_insert_only ON credentials_erased_file;
CREATE TRIGGER erased_file_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON credentials_erased_file FOR EACH STATEMENT EXECUTE FUNCTION sogoc_refuse_change();

-- --- which line is being erased, and may be -------------------------------------------------------

-- The line of the erasure under way in this transaction; NULL unless its act stands in the log.
CREATE OR REPLACE FUNCTION sogoc_erasing_line() RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_line text := coalesce(current_setting('sogoc.erasing', true), '');
    of_act text := coalesce(current_setting('sogoc.erasing_act', true), '');
BEGIN
    IF of_line = '' OR of_act = '' THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT r.id FROM credentials_log_leaf f JOIN credentials_register_line r
            ON encode(r.leaf_hash, 'hex') = convert_from(f.leaf, 'UTF8')::jsonb ->> 'r'
        WHERE f.leaf_hash = decode(of_act, 'hex') AND f.source = 'erasure' AND r.id = of_line::bigint);
END
$$;

-- On the tables below, sogoc_refuse_change and the steps of rows and cases give way to this while a
-- line is being erased: the columns named may change, nothing else.
CREATE OR REPLACE FUNCTION sogoc_erases_columns() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV <> to_jsonb(OLD) - TG_ARGV THEN
        RAISE EXCEPTION 'an erasure of % changes personal columns only', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER IF EXISTS erases_columns ON credentials_batch_row;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_batch_row
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('data');
DROP TRIGGER IF EXISTS erases_columns ON credentials_batch_finding;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_batch_finding
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('message', 'message_en', 'remedy', 'remedy_en');
DROP TRIGGER IF EXISTS erases_columns ON credentials_keyed_line;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_keyed_line
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('values');
DROP TRIGGER IF EXISTS erases_columns ON credentials_line_settlement;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_line_settlement
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('value', 'reason');
DROP TRIGGER IF EXISTS erases_columns ON credentials_page_keying;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_page_keying
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('note');
DROP TRIGGER IF EXISTS erases_columns ON credentials_sweep_case;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_sweep_case
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('close_reason');
DROP TRIGGER IF EXISTS erases_columns ON credentials_sweep_case_note;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_sweep_case_note
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('text');
DROP TRIGGER IF EXISTS erases_columns ON credentials_document_state;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_document_state
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('reason');
DROP TRIGGER IF EXISTS erases_columns ON credentials_status_mark;
CREATE TRIGGER erases_columns BEFORE UPDATE ON credentials_status_mark
    FOR EACH ROW WHEN (sogoc_erasing_line() IS NOT NULL)
    EXECUTE FUNCTION sogoc_erases_columns('reason');

-- --- what goes ------------------------------------------------------------------------------------

-- Words of a person in a free text give way to a mark; one shorter than four letters says nobody.
CREATE OR REPLACE FUNCTION sogoc_masked(p_text text, p_words text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
    word text;
BEGIN
    FOREACH word IN ARRAY p_words LOOP
        IF length(word) >= 4 THEN
            p_text := replace(p_text, word, '[đã xóa]');
        END IF;
    END LOOP;
    RETURN p_text;
END
$$;

-- The prepared row and what was found of it; rows of this person in batches that were cancelled.
CREATE OR REPLACE FUNCTION sogoc_erase_batch_rows(p_line bigint) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    line credentials_register_line%ROWTYPE;
    person credentials_register_personal%ROWTYPE;
    gone bigint[];
    findings bigint;
BEGIN
    SELECT * INTO line FROM credentials_register_line WHERE id = p_line;
    SELECT * INTO person FROM credentials_register_personal WHERE line_id = p_line;
    SELECT array_agg(r.id) INTO gone
    FROM credentials_batch_row r JOIN credentials_batch b ON b.id = r.batch_id
    WHERE b.issuer_id = line.issuer_id AND (
        b.id = line.batch_id AND r.sheet = line.source_sheet AND r.row = line.source_row
        OR b.state = 'cancelled' AND sogoc_same_person(r.data, person));
    UPDATE credentials_batch_row SET data = '{}' WHERE id = ANY (gone);
    UPDATE credentials_batch_finding f
    SET message = 'Dữ liệu cá nhân đã xóa.', message_en = 'Personal data erased.',
        remedy = '', remedy_en = ''
    FROM credentials_batch_row r
    WHERE r.id = ANY (gone) AND f.batch_id = r.batch_id AND f.sheet = r.sheet AND f.row = r.row;
    GET DIAGNOSTICS findings = ROW_COUNT;
    RETURN jsonb_build_object(
        'batch_rows', coalesce(array_length(gone, 1), 0), 'findings', findings);
END
$$;

-- Whether a prepared row is this person: by the number where both have one, else name and birth.
CREATE OR REPLACE FUNCTION sogoc_same_person(
    p_data jsonb, p_person credentials_register_personal
) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN coalesce(p_data ->> 'personal_id', '') <> '' AND p_person.personal_id <> ''
            THEN p_data ->> 'personal_id' = p_person.personal_id
        ELSE p_data ->> 'full_name' = p_person.full_name
            AND p_data ->> 'birth_date' IS NOT DISTINCT FROM p_person.birth_date::text
    END
$$;

-- The line as two persons keyed it, in every take of its page, and what a third settled. Files of
-- the page go once nobody else is left on it; else they are named with how many are.
CREATE OR REPLACE FUNCTION sogoc_erase_book_line(p_line bigint, p_name text, p_act bytea)
    RETURNS jsonb
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    place record;
    images bigint[];
    others bigint;
    lines bigint;
    kept jsonb;
BEGIN
    SELECT c.line, c.job_id, i.page, j.issuer_id, j.kind, upper(j.title) AS title, j.token
    INTO place
    FROM credentials_counted_line c
    JOIN credentials_page_image i ON i.id = c.image_id
    JOIN credentials_digitisation_job j ON j.id = c.job_id
    WHERE c.register_line_id = p_line;
    IF NOT FOUND THEN
        RETURN '{}';
    END IF;
    images := ARRAY(
        SELECT i.id FROM credentials_page_image i
        JOIN credentials_digitisation_job j ON j.id = i.job_id
        WHERE i.page = place.page AND j.issuer_id = place.issuer_id AND j.kind = place.kind
          AND upper(j.title) = place.title AND (j.id = place.job_id OR j.state = 'cancelled'));
    UPDATE credentials_keyed_line l SET values = '{}'
    FROM credentials_page_keying k
    WHERE k.id = l.keying_id AND k.image_id = ANY (images) AND l.values <> '{}'
      AND (l.line = place.line OR l.values ->> 'full_name' = p_name)
      AND NOT EXISTS (
          SELECT FROM credentials_counted_line o
          WHERE o.image_id = k.image_id AND o.line = l.line AND o.register_line_id <> p_line);
    GET DIAGNOSTICS lines = ROW_COUNT;
    UPDATE credentials_line_settlement s
    SET value = CASE s.field WHEN 'line' THEN s.value ELSE '' END, reason = '[đã xóa]'
    WHERE s.image_id = ANY (images) AND NOT EXISTS (
        SELECT FROM credentials_keyed_line l JOIN credentials_page_keying k ON k.id = l.keying_id
        WHERE k.image_id = s.image_id AND l.line = s.line AND l.values <> '{}');
    SELECT count(DISTINCT l.line) INTO others
    FROM credentials_keyed_line l JOIN credentials_page_keying k ON k.id = l.keying_id
    WHERE k.image_id = ANY (images) AND l.values <> '{}';
    INSERT INTO credentials_erased_file (folder, sha256, act_hash)
    SELECT DISTINCT 'pages', i.sha256, p_act FROM credentials_page_image i
    WHERE i.id = ANY (images) AND others = 0 AND NOT EXISTS (
        SELECT FROM credentials_page_image o WHERE o.sha256 = i.sha256 AND o.id <> ALL (images))
    ON CONFLICT DO NOTHING;
    SELECT jsonb_agg(DISTINCT jsonb_build_object(
        'what', 'page_image', 'name', place.token || '/' || place.page || ' ' || i.file_name,
        'others', others)) INTO kept
    FROM credentials_page_image i
    WHERE i.id = ANY (images) AND NOT EXISTS (
        SELECT FROM credentials_erased_file e WHERE e.folder = 'pages' AND e.sha256 = i.sha256);
    RETURN jsonb_build_object('keyed_lines', lines, 'kept', coalesce(kept, '[]'));
END
$$;

-- Files made of the line. A sheet of many lines (page of the register, decision) goes with the last;
-- what of it waits for a signature from elsewhere goes at once, for it can be signed no more.
CREATE OR REPLACE FUNCTION sogoc_erase_documents(p_line bigint, p_act bytea) RETURNS jsonb
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    sheet record;
    kept jsonb := '[]';
BEGIN
    FOR sheet IN
        SELECT d.id, d.number, (
            SELECT count(*) FROM credentials_register_line l
            JOIN credentials_register_personal p ON p.line_id = l.id
            WHERE l.book_id = line.book_id AND l.act = 'issue' AND l.id <> p_line
              AND l.sequence BETWEEN line.sequence AND last.sequence) AS others
        FROM credentials_document d
        JOIN credentials_register_line line ON line.id = d.line_id
        LEFT JOIN credentials_register_line last
            ON last.id = (to_jsonb(d) ->> 'last_line_id')::bigint
        WHERE d.line_id = p_line OR EXISTS (
            SELECT FROM credentials_register_line me
            WHERE me.id = p_line AND me.book_id = line.book_id AND me.act = 'issue'
              AND me.sequence BETWEEN line.sequence AND last.sequence)
    LOOP
        IF sheet.others = 0 THEN
            INSERT INTO credentials_erased_file (folder, sha256, act_hash)
            SELECT 'documents', e.sha256, p_act FROM credentials_document_edition e
            WHERE e.document_id = sheet.id
            ON CONFLICT DO NOTHING;
        ELSE
            kept := kept || jsonb_build_object(
                'what', 'sheet', 'name', sheet.number, 'others', sheet.others);
        END IF;
        INSERT INTO credentials_erased_file (folder, sha256, act_hash)
        SELECT DISTINCT 'documents', w.page_sha256, p_act
        FROM credentials_paused_paper w
        JOIN credentials_signature_request r ON r.id = w.request_id
        WHERE r.subject = sheet.number
        ON CONFLICT DO NOTHING;
    END LOOP;
    -- the line as XML, before and after its seal
    INSERT INTO credentials_erased_file (folder, sha256, act_hash)
    SELECT DISTINCT 'documents', w.page_sha256, p_act
    FROM credentials_paused_paper w
    JOIN credentials_signature_request r ON r.id = w.request_id
    WHERE r.line_id = p_line AND w.form = 'xml'
    ON CONFLICT DO NOTHING;
    RETURN kept;
END
$$;

-- Free texts of the body that may be changed without breaking what was logged.
CREATE OR REPLACE FUNCTION sogoc_mask_notes(p_line bigint, p_issuer bigint, p_words text[])
    RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    target record;
    masked bigint;
    total bigint := 0;
BEGIN
    FOR target IN SELECT * FROM (VALUES
        ('credentials_batch_finding', 'message'), ('credentials_batch_finding', 'message_en'),
        ('credentials_batch_finding', 'remedy'), ('credentials_batch_finding', 'remedy_en'),
        ('credentials_page_keying', 'note'), ('credentials_sweep_case', 'close_reason'),
        ('credentials_line_settlement', 'reason'), ('credentials_sweep_case_note', 'text'),
        ('credentials_document_state', 'reason')
    ) AS each (table_name, column_name) LOOP
        EXECUTE format(
            'UPDATE %1$I SET %2$I = sogoc_masked(%2$I, $2)'
            ' WHERE issuer_id = $1 AND %2$I <> sogoc_masked(%2$I, $2)',
            target.table_name, target.column_name) USING p_issuer, p_words;
        GET DIAGNOSTICS masked = ROW_COUNT;
        total := total + masked;
    END LOOP;
    UPDATE credentials_status_mark m SET reason = sogoc_masked(m.reason, p_words)
    FROM credentials_status_entry e
    WHERE e.id = m.entry_id AND e.line_id = p_line AND m.reason <> sogoc_masked(m.reason, p_words);
    GET DIAGNOSTICS masked = ROW_COUNT;
    RETURN total + masked;
END
$$;

-- What stays: texts the log has committed to or a token binds, and other acts about this person.
CREATE OR REPLACE FUNCTION sogoc_erasure_keeps(p_line bigint, p_words text[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    line credentials_register_line%ROWTYPE;
    person credentials_register_personal%ROWTYPE;
    found jsonb;
BEGIN
    SELECT * INTO line FROM credentials_register_line WHERE id = p_line;
    SELECT * INTO person FROM credentials_register_personal WHERE line_id = p_line;
    SELECT jsonb_agg(jsonb_build_object('what', k.what, 'name', k.name, 'others', NULL)) INTO found
    FROM (
        SELECT 'audit_event' AS what, e.id::text AS name FROM people_auditevent e
        WHERE e.reason || e.subject || e.detail::text
            <> sogoc_masked(e.reason || e.subject || e.detail::text, p_words)
        UNION ALL
        SELECT 'line_reason', r.code::text FROM credentials_register_line r
        WHERE r.issuer_id = line.issuer_id AND r.reason <> sogoc_masked(r.reason, p_words)
        UNION ALL
        SELECT 'proposal', v.token FROM credentials_revocation_proposal v
        WHERE v.organisation_id = line.issuer_id AND v.reason <> sogoc_masked(v.reason, p_words)
        UNION ALL
        SELECT 'blank_reason', m.prefix || m.number FROM credentials_blank_movement m
        WHERE m.owner_id = line.issuer_id AND m.reason <> sogoc_masked(m.reason, p_words)
        UNION ALL
        SELECT 'cancel_reason', b.token FROM credentials_batch b
        WHERE b.issuer_id = line.issuer_id
          AND b.cancel_reason <> sogoc_masked(b.cancel_reason, p_words)
        UNION ALL
        SELECT 'override', o.number::text FROM credentials_override o
        WHERE o.organisation_id = line.issuer_id AND o.reason <> sogoc_masked(o.reason, p_words)
        UNION ALL
        SELECT DISTINCT 'batch', b.token
        FROM credentials_batch_row r JOIN credentials_batch b ON b.id = r.batch_id
        WHERE b.issuer_id = line.issuer_id AND b.state NOT IN ('issued', 'cancelled')
          AND sogoc_same_person(r.data, person)
        UNION ALL
        SELECT 'line', r.code::text
        FROM credentials_register_personal p JOIN credentials_register_line r ON r.id = p.line_id
        WHERE p.issuer_id = line.issuer_id AND p.line_id <> p_line AND (
            person.personal_id <> '' AND p.personal_id = person.personal_id
            OR p.name_key = person.name_key AND p.birth_date = person.birth_date
            AND (p.personal_id = '' OR person.personal_id = ''))
    ) AS k;
    RETURN coalesce(found, '[]');
END
$$;

-- --- the act --------------------------------------------------------------------------------------

-- Destroys the personal data of one line wherever they are stored, with the key of its commitment.
-- `p_act_hash` is the hash of a leaf already in the log, of source "erasure", whose act is "erase"
-- and whose reference is that line's leaf. Returns how much went and, as `kept`, what stays and why.
-- Files of which nothing may stay are listed in credentials_erased_file; the caller removes them.
DROP FUNCTION IF EXISTS sogoc_erase_personal(bigint, bytea);
CREATE FUNCTION sogoc_erase_personal(p_line bigint, p_act_hash bytea) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erasure jsonb;
    line credentials_register_line%ROWTYPE;
    person credentials_register_personal%ROWTYPE;
    words text[];
    done jsonb;
    book jsonb;
    kept jsonb;
BEGIN
    SELECT convert_from(l.leaf, 'UTF8')::jsonb INTO erasure
    FROM credentials_log_leaf l WHERE l.leaf_hash = p_act_hash AND l.source = 'erasure';
    SELECT * INTO line FROM credentials_register_line r
    WHERE r.id = p_line AND encode(r.leaf_hash, 'hex') = erasure ->> 'r' AND sogoc_sees(r.issuer_id);
    IF erasure IS NULL OR erasure ->> 'a' <> 'erase' OR line.id IS NULL THEN
        RAISE EXCEPTION 'personal data go only after a logged act of erasure of that line'
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO person FROM credentials_register_personal WHERE line_id = p_line;
    words := ARRAY[coalesce(person.full_name, ''), coalesce(person.personal_id, '')];
    PERFORM set_config('sogoc.erasing', p_line::text, true);
    PERFORM set_config('sogoc.erasing_act', encode(p_act_hash, 'hex'), true);
    done := sogoc_erase_batch_rows(p_line);
    book := sogoc_erase_book_line(p_line, person.full_name, p_act_hash);
    done := done || book || jsonb_build_object(
        'notes', sogoc_mask_notes(p_line, line.issuer_id, words));
    kept := coalesce(book -> 'kept', '[]') || sogoc_erase_documents(p_line, p_act_hash)
        || sogoc_erasure_keeps(p_line, words);
    DELETE FROM credentials_register_personal WHERE line_id = p_line;
    PERFORM set_config('sogoc.erasing', '', true);
    PERFORM set_config('sogoc.erasing_act', '', true);
    RETURN done || jsonb_build_object(
        'kept', kept,
        'source', encode(line.source_digest, 'hex'),
        'files', (
            SELECT coalesce(jsonb_agg(e.folder || '/' || encode(e.sha256, 'hex')), '[]')
            FROM credentials_erased_file e WHERE e.act_hash = p_act_hash));
END
$$;
REVOKE EXECUTE ON FUNCTION sogoc_erase_personal(bigint, bytea),
    sogoc_erase_batch_rows(bigint), sogoc_erase_book_line(bigint, text, bytea),
    sogoc_erase_documents(bigint, bytea),
    sogoc_mask_notes(bigint, bigint, text[]), sogoc_erasure_keeps(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_erase_personal(bigint, bytea) TO {{app_role}};

-- --- erasures from before this file: completed ----------------------------------------------------

DO $$
BEGIN
    PERFORM set_config('sogoc.orgs', '*', true);
    PERFORM sogoc_erase_personal(r.id, f.leaf_hash)
    FROM credentials_log_leaf f JOIN credentials_register_line r
        ON r.leaf_hash = decode(convert_from(f.leaf, 'UTF8')::jsonb ->> 'r', 'hex')
    WHERE f.source = 'erasure' AND NOT EXISTS (
        SELECT FROM credentials_register_personal p WHERE p.line_id = r.id);
    PERFORM set_config('sogoc.orgs', '', true);
END
$$;
