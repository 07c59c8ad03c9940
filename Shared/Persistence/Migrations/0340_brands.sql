-- Which text is legible on a brand's colours (WCAG 2.2: contrast of relative luminances), as the API shows it.
create function igny8_luminance(color text) returns double precision
    language sql immutable strict parallel safe as
$$
    select sum(weight * case when part <= 0.04045 then part / 12.92 else power((part + 0.055) / 1.055, 2.4) end)
    from (values (0.2126::double precision, 2), (0.7152, 4), (0.0722, 6)) as channel (weight, place)
    cross join lateral (select get_byte(decode(substr(color, place, 2), 'hex'), 0) / 255.0::double precision as part) as read
$$;

create function igny8_contrast(one text, other text) returns numeric
    language sql immutable strict parallel safe as
$$
    select trunc(((greatest(a, b) + 0.05) / (least(a, b) + 0.05))::numeric, 2)
    from (select igny8_luminance(one) as a, igny8_luminance(other) as b) as luminances
$$;

-- White where it is legible (4.5 to 1), else black, which then is.
create function igny8_text_on(color text) returns text
    language sql immutable strict parallel safe as
$$
    select case when igny8_contrast(color, '#ffffff') >= 4.5 then '#ffffff' else '#000000' end
$$;

alter table igny8_agency_brandings
    add constraint igny8_agency_brandings_domain_form
        check (custom_domain ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$'),
    add constraint igny8_agency_brandings_logo_of_url check (logo_sha256 is null or brand_logo_url is not null);

create index igny8_report_templates_branding on igny8_report_templates (branding_id)
    where branding_id is not null and not is_deleted;

-- What staff have to look at before it is sent, in the order of their deadlines.
create index igny8_service_reports_approval on igny8_service_reports (approve_by, id) where approval in ('pending', 'held');
