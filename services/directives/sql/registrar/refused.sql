-- name: list_refused
-- List facts that were refused, as far as it was told, those refused last first, after a place in that order; words are looked for in what
-- was told, without diacritics.
SELECT r.partition, r.kafka_offset, r.publisher, r.refused_at, r.need_kind IS NOT NULL AS has_waited, j.value
FROM receipt AS r
JOIN journal AS j ON j.topic = $1::text AND j.partition = r.partition AND j.position = r.position
JOIN relay ON relay.topic = $1 AND relay.partition = r.partition AND relay.sent_position >= r.position
WHERE r.refused_at IS NOT NULL
    AND ($2::text IS NULL OR r.publisher = $2)
    AND ($3::text IS NULL OR starts_with(r.refusal::text, '{"code":"' || $3 || '"'))
    AND ($4::timestamptz IS NULL OR r.refused_at >= $4)
    AND ($5::timestamptz IS NULL OR r.refused_at < $5)
    AND ($7::timestamptz IS NULL OR (r.refused_at, r.partition, r.kafka_offset) < ($7, $8::integer, $9::bigint))
    AND NOT EXISTS (
        SELECT FROM unnest($6::text[]) AS word
        WHERE position(word IN translate(
            regexp_replace(normalize(lower(convert_from(j.value, 'UTF8')), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd'
        )) = 0
    )
ORDER BY r.refused_at DESC, r.partition DESC, r.kafka_offset DESC
LIMIT $10;

-- name: list_refusals
-- List the codes and publishers of the facts that were refused last.
SELECT DISTINCT last.publisher, substring(last.refusal FROM '^\{"code":"([^"]+)"') AS code
FROM (
    SELECT r.publisher, r.refusal::text FROM receipt AS r WHERE r.refused_at IS NOT NULL ORDER BY r.refused_at DESC LIMIT 10000
) AS last;

-- name: read_refused
-- Read what was told of a fact that was refused.
SELECT r.partition, r.kafka_offset, r.publisher, r.refused_at, r.need_kind IS NOT NULL AS has_waited, j.value
FROM receipt AS r
JOIN journal AS j ON j.topic = $1::text AND j.partition = r.partition AND j.position = r.position
JOIN relay ON relay.topic = $1 AND relay.partition = r.partition AND relay.sent_position >= r.position
WHERE r.refused_at IS NOT NULL AND r.partition = $2 AND r.kafka_offset = $3;

-- name: search_waiting
-- List what waits, as far as it was told, in the order of receipt, after a place in that order; words are looked for in what it says.
SELECT w.partition, w.kafka_offset, w.publisher, w.need_kind, w.need_id, w.received_at, w.expires_at, w.value
FROM waiting AS w
JOIN receipt AS r ON r.partition = w.partition AND r.kafka_offset = w.kafka_offset
JOIN relay ON relay.topic = $1 AND relay.partition = r.partition AND relay.sent_position >= r.waiting_position
WHERE ($2::text IS NULL OR w.publisher = $2)
    AND ($4::timestamptz IS NULL OR (w.received_at, w.partition, w.kafka_offset) > ($4, $5::integer, $6::bigint))
    AND NOT EXISTS (
        SELECT FROM unnest($3::text[]) AS word
        WHERE position(word IN translate(
            regexp_replace(normalize(lower(convert_from(w.value, 'UTF8')), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd'
        )) = 0
    )
ORDER BY w.received_at, w.partition, w.kafka_offset
LIMIT $7;

-- name: count_told
-- Count what was told of facts, as far as Kafka has it.
SELECT coalesce(sum(sent_position), 0)::bigint AS told FROM relay;
