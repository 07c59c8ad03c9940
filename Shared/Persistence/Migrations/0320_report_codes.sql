-- What a report is verified by: 16 signs of Crockford's base 32, from 79 random bits of a UUID (its fixed bits fall out of
-- the lower five of their bytes but one). A default, so that reports are made set by set.
create function igny8_new_report_code() returns text
    language sql volatile
    return (
        select string_agg(
            substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (get_byte(random.bytes, n) & 31), 1), '' order by n)
        from (select uuid_send(gen_random_uuid()) as bytes) random, generate_series(0, 15) n
    );

alter table igny8_service_reports
    alter column verification_code set default igny8_new_report_code(),
    -- Which edition is in the mail: one that was made anew may be sent again, the same one may not.
    add column sent_rendering integer check (sent_rendering > 0);
comment on column igny8_service_reports.sent_rendering is 'the number of the rendering that was sent last';

-- A mail may carry files of the store; they are fetched when it is sent.
comment on column igny8_emails.attachments is '[{"sha256", "file_name", "media_type", "bytes"}]: files of igny8_stored_files';
