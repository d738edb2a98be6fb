-- esn_suggest(): what a section neglects against comparable ones, and why that is said.

-- Chernoff's bound: with a share of p, at most x of n activities occur with a probability of at
-- most exp(-evidence). It holds for any n, and needs no table of a distribution.
CREATE OR REPLACE FUNCTION esn_internal.esn_evidence(x bigint, n bigint, p double precision)
	RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN x >= n * p THEN 0
	ELSE CASE WHEN x = 0 THEN 0 ELSE x * ln(x / (n * p)) END
		+ (n - x) * ln((n - x) / (n * (1 - p))) END;
COMMENT ON FUNCTION esn_evidence(bigint, bigint, double precision) IS
	'How strongly a count speaks against a share: chance gives as few with a probability of at '
	'most exp(-evidence). 0: it is not too few. x: the count. n: of how many. p: the share, under '
	'1.';

-- A gap is a share that is less than half of what comparable sections have, beyond chance. Among as
-- many kinds as are compared, chance finds one somewhere: therefore times their number. At least a
-- quarter of the comparable sections must do more of it. A section that never does something misses
-- it rather than dislikes it: such kinds come before those that it does less.
CREATE OR REPLACE FUNCTION esn_internal.esn_ranked_kinds(section integer, most integer)
RETURNS TABLE (rank integer, kind text, name text, is_gap boolean, own integer,
	own_activities integer, share double precision, sections integer, doing_more integer,
	chance double precision, section_ids integer[])
LANGUAGE sql STABLE AS $$
	WITH compared AS MATERIALIZED (
		SELECT c.*, false AS is_start FROM esn_compared_kinds(esn_ranked_kinds.section) c
	), kinds AS (
		SELECT c.* FROM compared c
		UNION ALL
		SELECT c.*, true FROM esn_starter_kinds(esn_ranked_kinds.section) c
		WHERE NOT EXISTS (SELECT FROM compared)
	), shares AS (
		SELECT k.*, (k.theirs + 0.5) / (k.their_activities + 1.0) AS p, count(*) OVER () AS tests,
			row_number() OVER (PARTITION BY k.kind ORDER BY k.theirs DESC, k.name) AS place
		FROM kinds k
	), tested AS (
		SELECT s.*, esn_evidence(s.own, s.own_activities, s.p) AS evidence, s.tests
			* exp(-least(600, esn_evidence(s.own, s.own_activities, s.p / 2))) AS bound
		FROM shares s
	), judged AS (
		SELECT t.*, t.bound <= 0.05 AND 4 * t.doing_more >= 3 * t.sections AS is_gap
		FROM tested t
		WHERE t.is_start AND t.place <= 12 OR t.evidence > 0 AND 4 * t.doing_more >= t.sections
	), ordered AS (
		SELECT j.*, row_number() OVER (ORDER BY j.is_gap DESC, j.own = 0 AND j.evidence >= 1 DESC,
			j.evidence DESC, CASE WHEN j.is_start THEN j.place END, j.p DESC, j.kind, j.name)
			AS position
		FROM judged j
	)
	SELECT o.position::integer, o.kind, o.name, o.is_gap, o.own, o.own_activities, o.p::float,
		o.sections, o.doing_more, CASE WHEN o.own_activities > 0 THEN least(1, o.bound) END,
		o.section_ids
	FROM ordered o WHERE o.position <= esn_ranked_kinds.most
$$;
COMMENT ON FUNCTION esn_ranked_kinds(integer, integer) IS
	'The suggestions of esn_suggest(), without examples and reasons: gaps first, then what the '
	'section has not done once, then by evidence. share is that of the comparable sections. '
	'section: the id of the section. most: how many.';

CREATE OR REPLACE FUNCTION esn_internal.esn_month_name(month integer, lang text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (CASE lang WHEN 'tr' THEN ARRAY['Ocak', 'Şubat', 'Mart', 'Nisan', 'Mayıs', 'Haziran',
	'Temmuz', 'Ağustos', 'Eylül', 'Ekim', 'Kasım', 'Aralık'] ELSE ARRAY['January', 'February',
	'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
	'December'] END)[month];
COMMENT ON FUNCTION esn_month_name(integer, text) IS
	'The name of a month. month: 1 to 12. lang: en or tr.';

-- The names that the sites use in English only. Others stay as they are.
CREATE OR REPLACE FUNCTION esn_internal.esn_turkish(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce((SELECT t.turkish FROM (VALUES
	('Culture', 'Kültür'),
	('Education & Youth', 'Eğitim ve Gençlik'),
	('Environmental Sustainability', 'Çevresel Sürdürülebilirlik'),
	('Health & Well-being', 'Sağlık ve İyi Olma Hâli'),
	('Skills & Employability', 'Beceriler ve İstihdam'),
	('Social Inclusion', 'Sosyal İçerme'),
	('SDG 1', 'SKA 1 (Yoksulluğa Son)'),
	('SDG 2', 'SKA 2 (Açlığa Son)'),
	('SDG 3', 'SKA 3 (Sağlık ve Kaliteli Yaşam)'),
	('SDG 4', 'SKA 4 (Nitelikli Eğitim)'),
	('SDG 5', 'SKA 5 (Toplumsal Cinsiyet Eşitliği)'),
	('SDG 6', 'SKA 6 (Temiz Su ve Sanitasyon)'),
	('SDG 7', 'SKA 7 (Erişilebilir ve Temiz Enerji)'),
	('SDG 8', 'SKA 8 (İnsana Yakışır İş ve Ekonomik Büyüme)'),
	('SDG 9', 'SKA 9 (Sanayi, Yenilikçilik ve Altyapı)'),
	('SDG 10', 'SKA 10 (Eşitsizliklerin Azaltılması)'),
	('SDG 11', 'SKA 11 (Sürdürülebilir Şehirler ve Topluluklar)'),
	('SDG 12', 'SKA 12 (Sorumlu Üretim ve Tüketim)'),
	('SDG 13', 'SKA 13 (İklim Eylemi)'),
	('SDG 14', 'SKA 14 (Sudaki Yaşam)'),
	('SDG 15', 'SKA 15 (Karasal Yaşam)'),
	('SDG 16', 'SKA 16 (Barış, Adalet ve Güçlü Kurumlar)'),
	('SDG 17', 'SKA 17 (Amaçlar için Ortaklıklar)')) AS t(english, turkish)
	WHERE t.english = esn_turkish.name), esn_turkish.name);
COMMENT ON FUNCTION esn_turkish(text) IS
	'The Turkish name of a cause or a Sustainable Development Goal. name: the English one.';

-- "of the type Trip", as it stands in a reason.
CREATE OR REPLACE FUNCTION esn_internal.esn_kind_phrase(kind text, name text, lang text)
	RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN lang = 'tr' THEN CASE kind
			WHEN 'cause' THEN format('“%s” konusunda', esn_turkish(name))
			WHEN 'sdg' THEN esn_turkish(name) || ' için'
			WHEN 'type' THEN format('“%s” türünde', name)
			ELSE esn_month_name(name::integer, 'tr') || ' ayında' END
		ELSE CASE kind
			WHEN 'cause' THEN 'for the cause ' || name
			WHEN 'sdg' THEN 'for ' || name || coalesce((SELECT format(' (%s)',
				split_part(g.description, ':', 1)) FROM @extschema@.sdgs g
				WHERE g.name = esn_kind_phrase.name), '')
			WHEN 'type' THEN 'of the type ' || name
			ELSE 'in ' || esn_month_name(name::integer, 'en') END END;
END $$;
COMMENT ON FUNCTION esn_kind_phrase(text, text, text) IS
	'A cause, SDG, type or month as a part of a sentence. kind: cause, sdg, type or month. name: '
	'its name, of a month its number. lang: en or tr.';

CREATE OR REPLACE FUNCTION esn_internal.esn_percent(share double precision, lang text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT CASE lang WHEN 'tr' THEN '%' || replace(r.rounded, '.', ',')
	ELSE r.rounded || ' %' END
	FROM (SELECT round((100 * share)::numeric, 1) AS shown) s,
		LATERAL (SELECT round(s.shown, (s.shown BETWEEN 0.1 AND 9.9)::integer)::text
			AS rounded) r);
COMMENT ON FUNCTION esn_percent(double precision, text) IS
	'A share as people write it, from the percentage with one digit after the point, which the '
	'columns have. share: from 0 to 1. lang: en or tr.';

CREATE OR REPLACE FUNCTION esn_internal.esn_reason(kind text, name text, is_gap boolean,
	own integer, own_activities integer, share double precision, sections integer,
	doing_more integer, lang text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	phrase text := esn_kind_phrase(kind, name, lang);
	percent text := esn_percent(share, lang);
	own_percent text := CASE WHEN own > 0
		THEN format(' (%s)', esn_percent(own / own_activities::float, lang)) END;
	known text := CASE kind WHEN 'cause' THEN ' with a cause' WHEN 'sdg' THEN ' with an SDG'
		WHEN 'type' THEN ' with a type' ELSE ' of the last three years' END;
	bilinen text := CASE kind WHEN 'cause' THEN 'Konusu belirtilen' WHEN 'sdg'
		THEN 'Amacı belirtilen' WHEN 'type' THEN 'Türü belirtilen' ELSE 'Son üç yıldaki' END;
BEGIN
	RETURN CASE
		WHEN own_activities = 0 AND lang = 'tr' THEN format('Şubeler böyle başlıyor: %s şubenin '
			'ilk onar etkinliğinin %s kadarı %s yapıldı (%s şubede).', sections, percent, phrase,
			doing_more)
		WHEN own_activities = 0 THEN format('Sections begin like this: of the first ten activities '
			'of each of %s sections, %s were %s, at %s of these sections.', sections, percent,
			phrase, doing_more)
		WHEN lang = 'tr' THEN format('%s %s etkinliğinizin %s; benzer %s şubede bu oran %s: %s.',
			bilinen, own_activities, CASE own WHEN 0 THEN format('hiçbiri %s yapılmadı', phrase)
				ELSE format('%s%s tanesi%s %s yapıldı', CASE WHEN is_gap THEN 'yalnızca ' END, own,
					own_percent, phrase) END, sections, percent,
			CASE WHEN is_gap THEN 'fark rastlantıyla açıklanamayacak kadar büyük'
				ELSE 'bu, rastlantı olabilir' END)
		ELSE format('%s of your %s activities%s%s %s %s, against %s at %s comparable sections: '
			'%s.', CASE WHEN own = 0 THEN 'None' WHEN is_gap THEN 'Only ' || own ELSE own::text END,
			own_activities, known, own_percent, CASE own WHEN 1 THEN 'was' ELSE 'were' END, phrase,
			percent, sections, CASE WHEN is_gap THEN 'too few to be chance'
				ELSE 'this may be chance' END) END;
END $$;
COMMENT ON FUNCTION esn_reason(text, text, boolean, integer, integer, double precision, integer,
	integer, text) IS
	'Why something is suggested, in one sentence. kind: cause, sdg, type or month. name: its name. '
	'is_gap: whether it is a gap. own: how many activities of the section have it. '
	'own_activities: of how many; 0: it has none. share: the share at comparable sections. '
	'sections: their number. doing_more: how many of them do it more. lang: en or tr.';

-- As esn_activity_kinds, but each activity is looked up once.
CREATE OR REPLACE FUNCTION esn_internal.esn_activities_of(section_ids integer[], names text[])
RETURNS TABLE (kind text, name text, section_id integer, activity_id bigint, participants integer)
LANGUAGE sql STABLE
-- A few sections' activities: looked up, not searched for in all.
SET random_page_cost = 1.1 AS $$
	WITH theirs AS MATERIALIZED (
		SELECT o.section_id, a.id, a.participants, a.activity_type::text AS type,
			extract(month FROM a.start_date)::integer::text AS month
		FROM @extschema@.activity_section_organisers o
		JOIN @extschema@.activities a ON a.id = o.activity_id
		WHERE o.section_id = ANY (esn_activities_of.section_ids) AND a.is_valid
			AND a.removed_at IS NULL AND a.participants > 0
			AND a.start_date > current_date - 1096 AND a.start_date <= current_date
	)
	SELECT 'cause', c.name::text, t.section_id, t.id, t.participants
	FROM theirs t JOIN @extschema@.activity_to_cause r ON r.activity_id = t.id
	JOIN @extschema@.activity_causes c ON c.id = r.cause_id
	WHERE c.name = ANY (esn_activities_of.names)
	UNION ALL
	SELECT 'sdg', g.name::text, t.section_id, t.id, t.participants
	FROM theirs t JOIN @extschema@.activity_to_sdg r ON r.activity_id = t.id
	JOIN @extschema@.sdgs g ON g.id = r.sdg_id
	WHERE g.name = ANY (esn_activities_of.names)
	UNION ALL
	SELECT k.kind, k.name, t.section_id, t.id, t.participants
	FROM theirs t CROSS JOIN LATERAL (VALUES ('type', t.type), ('month', t.month)) k(kind, name)
	WHERE k.name = ANY (esn_activities_of.names)
$$;
COMMENT ON FUNCTION esn_activities_of(integer[], text[]) IS
	'The activities of the last three years, with participants, that have some causes, SDGs, types '
	'or months. section_ids: the sections. names: the names, of months their numbers.';

-- The best of each section, so that one large series is not all that there is to see.
CREATE OR REPLACE FUNCTION esn_internal.esn_suggestions(section integer, most integer)
RETURNS TABLE (rank integer, kind text, names jsonb, is_gap boolean, own integer,
	own_activities integer, own_percent numeric, comparable_percent numeric,
	comparable_sections integer, sections_doing_more integer, chance numeric,
	participants integer, examples jsonb, reasons jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET jit = off AS $$
BEGIN
	PERFORM esn_check_schema();
	RETURN QUERY
	WITH picks AS MATERIALIZED (
		SELECT r.* FROM esn_ranked_kinds(esn_suggestions.section, esn_suggestions.most) r
	), found AS MATERIALIZED (
		SELECT p.rank, f.section_id, f.activity_id, f.participants
		FROM esn_activities_of(ARRAY(SELECT DISTINCT unnest(p.section_ids) FROM picks p),
			ARRAY(SELECT p.name FROM picks p)) f
		JOIN picks p ON p.kind = f.kind AND p.name = f.name AND f.section_id = ANY (p.section_ids)
	), medians AS (
		SELECT f.rank, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY f.participants))::integer
			AS participants
		FROM found f GROUP BY f.rank
	), best AS (
		SELECT b.*, row_number() OVER (PARTITION BY b.rank
			ORDER BY b.participants DESC, b.activity_id) AS place
		FROM (SELECT DISTINCT ON (d.rank, d.section_id) d.*
			FROM (SELECT DISTINCT ON (f.rank, f.activity_id) f.* FROM found f
				ORDER BY f.rank, f.activity_id, f.section_id) d
			ORDER BY d.rank, d.section_id, d.participants DESC, d.activity_id) b
	), examples AS (
		SELECT b.rank, jsonb_agg(jsonb_build_object(
				'title', @extschema@.esn_redact_contacts(a.title::text), 'section', s.name,
				'date', a.start_date, 'participants', a.participants, 'link', a.url)
			ORDER BY b.place) AS rows
		FROM best b
		JOIN @extschema@.activities a ON a.id = b.activity_id
		JOIN @extschema@.sections s ON s.id = b.section_id
		WHERE b.place <= 3 GROUP BY b.rank
	)
	SELECT p.rank, p.kind, l.names, p.is_gap, p.own, p.own_activities,
		round((100.0 * p.own / nullif(p.own_activities, 0))::numeric, 1),
		round((100 * p.share)::numeric, 1), p.sections, p.doing_more,
		round(p.chance::numeric, 4), m.participants, coalesce(e.rows, '[]'), l.reasons
	FROM picks p
	LEFT JOIN medians m ON m.rank = p.rank
	LEFT JOIN examples e ON e.rank = p.rank
	CROSS JOIN LATERAL (
		SELECT jsonb_object_agg(t.lang, CASE p.kind WHEN 'month'
				THEN esn_month_name(p.name::integer, t.lang) ELSE p.name END) AS names,
			jsonb_object_agg(t.lang, esn_reason(p.kind, p.name, p.is_gap, p.own, p.own_activities,
				p.share, p.sections, p.doing_more, t.lang)) AS reasons
		FROM unnest(ARRAY['en', 'tr']) AS t(lang)) l
	ORDER BY p.rank;
END $$;
COMMENT ON FUNCTION esn_suggestions(integer, integer) IS
	'The rows of esn_suggest(), with names and reasons in each language. examples: the activities '
	'of the comparable sections that drew most participants, one of each section; participants: '
	'the median of all that are such. section: the id of the section. most: how many.';

CREATE OR REPLACE FUNCTION esn_suggest(section text, count integer DEFAULT 10,
	lang text DEFAULT 'en')
RETURNS TABLE (rank integer, kind text, name text, is_gap boolean, own integer,
	own_activities integer, own_percent numeric, comparable_percent numeric,
	comparable_sections integer, sections_doing_more integer, chance numeric,
	participants integer, examples jsonb, reason text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	section_id integer := esn_find_section(section);
BEGIN
	IF lang IS NULL OR lang NOT IN ('en', 'tr') THEN
		RAISE EXCEPTION 'invalid language: "%"', lang USING ERRCODE = 'invalid_parameter_value',
			HINT = 'Valid languages are en and tr.';
	ELSIF count IS NULL OR count < 1 THEN
		RAISE EXCEPTION 'count must be at least 1' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	RETURN QUERY
	SELECT g.rank, g.kind, g.names ->> lang, g.is_gap, g.own, g.own_activities, g.own_percent,
		g.comparable_percent, g.comparable_sections, g.sections_doing_more, g.chance,
		g.participants, g.examples, g.reasons ->> lang
	FROM esn_suggestions(section_id, count) g;
END $$;
COMMENT ON FUNCTION esn_suggest(text, integer, text) IS
	'What a section neglects against comparable sections, the clearest first: causes, SDGs, types '
	'and months of the last three years. is_gap: its share is less than half of theirs beyond '
	'chance; chance bounds the probability that this is wrong. Others are ideas. participants: the '
	'median at comparable sections; examples: activities there that drew most. A section without '
	'activities gets what others of its country began with. section: its slug on either platform. '
	'count: how many rows at most. lang: the language of reason, en or tr. Errors: '
	'undefined_object for an unknown section, with the nearest known slugs as a hint; '
	'invalid_parameter_value for an invalid count or language.';
