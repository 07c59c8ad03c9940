import DomainModel

extension ReadModel {
    /// The rows of a kept list, with whose and of which domain it is; `position` is their order as Ahrefs gave them.
    private static func ahrefsList(_ name: String, _ view: AhrefsView, _ columns: [Column]) -> ReadModel {
        ReadModel(
            name,
            table: """
                (select c.account_id, c.domain as of_domain, e.position, e.row
                from igny8_ahrefs_cache c
                cross join lateral jsonb_array_elements(c.rows) with ordinality as e(row, position)
                where c.view = '\(view.rawValue)')
                """,
            key: "position",
            defaultOrder: "position",
            columns: [Column("position", .integer, sort: true)] + columns
        )
    }

    private static func text(_ name: String, null: Bool = true, filter: Bool = false) -> Column {
        Column(name, .text, "t.row ->> '\(name)'", null: null, filter: filter)
    }

    private static func count(_ name: String, sort: Bool = true) -> Column {
        Column(name, .integer, "(t.row ->> '\(name)')::bigint", null: true, sort: sort)
    }

    private static func moment(_ name: String) -> Column {
        Column(name, .time, "(t.row ->> '\(name)')::timestamptz", null: true, sort: true)
    }

    private static func flag(_ name: String) -> Column {
        Column(name, .boolean, "(t.row ->> '\(name)')::boolean", filter: true)
    }

    /// Kept in tenths.
    private static func rating(_ name: String) -> Column {
        Column(name, .number, "(t.row ->> 'rating')::float8 / 10", null: true, sort: true)
    }

    /// Links to a domain.
    public static let ahrefsBacklinks = ahrefsList(
        "AhrefsBacklink",
        .backlinks,
        [
            text("url_from", null: false), text("url_to", null: false), text("anchor", null: false),
            text("domain", null: false, filter: true), rating("domain_rating"), moment("first_seen"),
            moment("last_visited"), flag("is_dofollow"), flag("is_ugc"), flag("is_sponsored"), flag("is_spam"),
            text("link_type"), count("http_code", sort: false),
        ]
    )

    /// Domains that link to a domain.
    public static let ahrefsReferringDomains = ahrefsList(
        "AhrefsReferringDomain",
        .referringDomains,
        [
            text("domain", null: false, filter: true), rating("domain_rating"), count("links_to_target"),
            count("dofollow_links"), moment("first_seen"), flag("is_spam"),
        ]
    )

    /// Keywords that a domain ranks for.
    public static let ahrefsKeywords = ahrefsList(
        "AhrefsKeyword",
        .organicKeywords,
        [
            text("keyword", null: false), text("country", filter: true),
            Column(
                "rank",
                .integer,
                "(t.row ->> 'position')::bigint",
                null: true,
                sort: true
            ), count("previous_position", sort: false), text("url"), count("volume"), count("traffic"),
            moment("last_update"),
        ]
    )

    /// A domain's pages by their visits.
    public static let ahrefsPages = ahrefsList(
        "AhrefsPage",
        .topPages,
        [
            text("url", null: false), rating("url_rating"), count("traffic"), count("keywords"), text("top_keyword"),
            count("top_position"),
        ]
    )

    /// Domains that link to a site's competitors, and not to the site, nor is a link from them bought already: the most
    /// competitors first, then the strongest. Of kept lists of referring domains; where one is missing, it has told nothing.
    public static let ahrefsProspects = ReadModel(
        "AhrefsProspect",
        table: """
            (select s.account_id, s.id as site_id, r.value ->> 'domain' as domain,
                max((r.value ->> 'rating')::bigint) as rating,
                sum((r.value ->> 'dofollow_links')::bigint)::bigint as dofollow_links,
                array_agg(distinct c.domain) as links_to, count(distinct c.domain) as competitors,
                row_number() over (partition by s.account_id, s.id order by count(distinct c.domain) desc,
                    max((r.value ->> 'rating')::bigint) desc nulls last, r.value ->> 'domain') as position
            from igny8_sites s
            join igny8_ahrefs_cache c on c.account_id = s.account_id and c.view = 'referring_domains'
                and c.domain = any(s.competitors)
            cross join lateral jsonb_array_elements(c.rows) r
            left join (
                select own.account_id, own.domain as of_domain, o.value ->> 'domain' as domain
                from igny8_ahrefs_cache own cross join lateral jsonb_array_elements(own.rows) o
                where own.view = 'referring_domains') mine
                on mine.account_id = s.account_id and mine.of_domain = s.domain
                    and mine.domain = r.value ->> 'domain'
            where not s.is_deleted and mine.domain is null and (r.value ->> 'is_spam')::boolean is not true
                and r.value ->> 'domain' <> s.domain and not r.value ->> 'domain' = any(s.competitors)
                and not exists (select from igny8_sag_backlinks l where l.site_id = s.id
                    and l.source_domain = r.value ->> 'domain' and l.status not in ('lost', 'rejected'))
            group by s.account_id, s.id, r.value ->> 'domain')
            """,
        key: "position",
        defaultOrder: "position",
        columns: [
            Column("position", .integer, sort: true),
            Column("site_id", .id),
            Column("domain", .text),
            Column("domain_rating", .number, "t.rating::float8 / 10", null: true, sort: true),
            Column("dofollow_links", .integer, null: true, sort: true),
            Column("competitors", .integer, sort: true),
            Column("links_to", .texts),
        ]
    )
}
