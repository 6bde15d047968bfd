-- How an earlier original is the same person's: by the number, by the place of birth, or perhaps.

-- Places are compared without accents, case and words such as "tỉnh": whole, or by their last part.
CREATE OR REPLACE FUNCTION sogoc_place_key(p_place text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        btrim(regexp_replace(
            lower(translate(normalize(coalesce(p_place, ''), NFC),
                'ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶ'
                'ặẸẹẺẻẼẽẾếỀềỂểỄễỆệỈỉỊịỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợỤụỦủỨứỪừỬửỮữỰựỲỳỴỵỶỷỸỹ',
                'aaaaeeeiioooouuyaaaaeeeiioooouuyaaddiiuuoouuaaaaaaaaaaaaaaaaaaaaaaa'
                'aeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy')),
            '[^a-z0-9]+', ' ', 'g')),
        '^(tinh|thanh pho|tp) ', '')
$$;

-- Across organisations, like sogoc_prior_originals: it tells of an original only whether the number
-- or the place the caller brings is that of its holder. `p_places` are ways to write one place,
-- separated by line feeds. Answers: id, place, other_place, unknown. `ord` counts from 1.
CREATE OR REPLACE FUNCTION sogoc_prior_likeness(p_codes text[], p_ids text[], p_places text[])
    RETURNS TABLE (ord integer, likeness text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.ord::integer,
        CASE
            WHEN coalesce(a.personal_id, '') <> '' AND a.personal_id = p.personal_id THEN 'id'
            WHEN btrim(coalesce(a.place, '')) = '' OR btrim(p.birth_place) = '' THEN 'unknown'
            WHEN EXISTS (
                SELECT FROM regexp_split_to_table(a.place, E'\n') AS asked
                WHERE sogoc_place_key(asked) <> '' AND sogoc_place_key(asked) IN (
                    sogoc_place_key(p.birth_place),
                    sogoc_place_key(regexp_replace(p.birth_place, '^.*([,;]|\s[-–]\s)', '')))
            ) THEN 'place'
            ELSE 'other_place'
        END
    FROM unnest(p_codes, p_ids, p_places) WITH ORDINALITY AS a (code, personal_id, place, ord)
    JOIN credentials_register_line l ON l.code = a.code AND l.act <> 'revoke'
    JOIN credentials_register_personal p ON p.line_id = l.id
    ORDER BY a.ord
$$;
REVOKE EXECUTE ON FUNCTION sogoc_place_key(text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION sogoc_prior_likeness(text[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sogoc_prior_likeness(text[], text[], text[]) TO {{app_role}};
