create table sandbox.mails (
    id bigint generated always as identity primary key,
    recipient text not null,
    message_id text not null,
    sender text not null,
    subject text not null,
    header_from text not null,
    header_to text not null,
    text_body text not null,
    html_body text not null,
    attachments jsonb not null,
    raw bytea not null,
    received_at timestamptz not null,
    duplicates bigint not null default 0,
    unique (recipient, message_id)
);

create table sandbox.mail_bounces (
    address text primary key,
    code integer not null check (code in (451, 550))
);
