-- Slugs and country keys, made of real names of sections and countries.
SET client_min_messages = warning;
DROP EXTENSION IF EXISTS esn_pulse CASCADE;
CREATE EXTENSION esn_pulse;

-- Lower case, transliterated, other characters become hyphens, "esn-" is prepended if missing.
SELECT name, esn_slugify(name)
FROM (VALUES
	(1, 'ESN Yıldız'), (2, 'ESN ISIK'), (3, 'ESN Işık'), (4, 'ESN İstanbul'),
	(5, 'ESN Çankaya Üniversitesi'), (6, 'ESN St. Pölten'), (7, 'ESN Uni Graz'),
	(8, 'ESN Åbo Akademi'), (9, 'ESN ULiège'), (10, 'ESN UŚ Katowice'), (11, 'ESN Łódź'),
	(12, 'ESN Piteşti'), (13, 'ESN Buddynetwork TU Wien'), (14, 'ESN Άρτα'), (15, 'ESN София'),
	(16, 'ESN Straße'), (17, 'ESN L''Aquila'), (18, 'Erasmus of the North'), (19, '  esn   METU  '),
	(20, 'ESN'), (21, 'Esnault'))
	AS v (n, name)
ORDER BY n;

-- The site's own rule comes first (nothing prepended, no punctuation, no stop words), then the
-- plain rule, then the suffix.
SELECT name, candidate
FROM (VALUES
	(1, 'ESN St. Pölten'), (2, 'ESN ISIK'), (3, 'ESN L''Aquila'), (4, 'ESN L’Aquila'),
	(5, 'ESN A/B & C'), (6, 'ESN "Quoted" (Name)!?'), (7, 'Erasmus of the North (Tromsø)'),
	(8, 'ESN University of the Arts'), (9, 'ESN Cluj-Napoca'), (10, 'The Of'))
	AS v (n, name),
	LATERAL unnest(esn_slug_candidates(name)) WITH ORDINALITY AS c (candidate, m)
ORDER BY n, m;

-- Candidates are distinct and include the slug of the plain rule. A slug has only letters, digits
-- and hyphens.
SELECT count(*) AS names,
	count(*) FILTER (WHERE cardinality(c) <> (SELECT count(DISTINCT x) FROM unnest(c) x))
		AS repeated,
	count(*) FILTER (WHERE NOT esn_slugify(name) = ANY (c)) AS without_plain_rule,
	count(*) FILTER (WHERE EXISTS (
		SELECT FROM unnest(c) x WHERE x !~ '^[a-z0-9]+(-[a-z0-9]+)*$')) AS ill_formed
FROM (VALUES ('ESN Θεσσαλονίκη'), ('ESN Київ'), ('ESN Gdańsk'), ('ESN 🎉 Party'), ('ESN a.b.c.'),
	('-ESN-Graz-'), ('ESN الجزائر'), ('ESN Đà Nẵng')) AS v (name),
	LATERAL (SELECT esn_slug_candidates(name)) AS s (c);

-- A name without letters and digits has no slug.
SELECT name, esn_slugify(name) = '' AS no_slug, esn_slug_candidates(name)
FROM (VALUES (''), ('   '), ('!?'), ('…')) AS v (name);

-- All names of a country have the same key. Names of two countries have different keys.
SELECT a, b, esn_internal.esn_country_key(a) = esn_internal.esn_country_key(b) AS one_country
FROM (VALUES
	(1, 'Türkiye', 'Turkey'), (2, 'TÜRKİYE', 'turkey'), (3, 'Czechia', 'Czech Republic'),
	(4, 'UK', 'United Kingdom'), (5, 'the Netherlands', 'Netherlands'),
	(6, 'The Netherlands', 'Netherlands'), (7, 'North Macedonia', 'Republic of North Macedonia'),
	(8, 'ESN Albania', 'Albania'), (9, 'Bosnia & Herzegovina', 'Bosnia and Herzegovina'),
	(10, 'Morocco', 'Monaco'), (11, 'Slovakia', 'Slovenia'), (12, 'Austria', 'Australia'))
	AS v (n, a, b)
ORDER BY n;

-- NULL in, NULL out.
SELECT esn_slugify(NULL) IS NULL AND esn_slug_candidates(NULL) IS NULL
	AND esn_internal.esn_country_key(NULL) IS NULL AS nulls;
