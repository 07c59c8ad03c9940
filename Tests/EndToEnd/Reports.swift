import Foundation
import Postgres
import Testing

extension Stack {
    /// Every report with its readers, how often each was written to, and what it says: a line each, in the order of their names.
    func reports() async throws -> [String] {
        try await rows(
            """
            select concat_ws(' ', site.domain, report_type, period_start, report.status, report.renderings,
                report_data #>> '{content,facts,published,now}', report_data #>> '{backlinks,facts,built,now}',
                report_data #>> '{social,facts,posts,now}', report_data #>> '{traffic,facts,now,clicks}',
                (select string_agg(reader || ' ' || (select count(*) from igny8_emails mail
                        join igny8_email_recipients recipient on recipient.email_id = mail.id
                        where mail.unique_key like 'report:' || report.id || ':%' and mail.status = 'sent'
                            and recipient.address = reader), ', ' order by reader)
                    from unnest(report.sent_to) reader)) as line
            from igny8_service_reports report join igny8_sites site on site.id = report.site_id
            order by 1
            """
        )
        .map { row in try row.decode("line") }
    }

    /// Each Pro client has its thirteen weekly reports and everybody the three monthly ones, each mailed once to each of its
    /// readers, with the figures that a plain query gives, and with the PDF that the row names.
    func expectReports() async throws {
        let counts = try await rows(
            """
            select site.domain, service.tier, count(report.id) filter (where report.report_type = 'weekly') as weekly,
                count(report.id) filter (where report.report_type = 'monthly') as monthly,
                count(report.id) filter (where report.status <> 'sent') as unsent,
                string_agg(report.status || ': ' || report.last_error, '; ') as errors,
                coalesce(avg(report.pdf_bytes), 0)::bigint as bytes, coalesce(max(report.pdf_pages), 0) as pages
            from igny8_managed_service_subscriptions service
            join igny8_sites site on site.id = service.site_id
            left join igny8_service_reports report on report.site_id = site.id
                and report.period_end < date '2026-12-18'
            group by site.domain, service.tier order by site.domain
            """
        )
        for row in counts {
            let (domain, tier) = (try row.decode("domain", as: String.self), try row.decode("tier", as: String.self))
            let (weekly, monthly) = (
                try row.decode("weekly", as: Int64.self), try row.decode("monthly", as: Int64.self)
            )
            print(
                "reports of \(domain): \(weekly) weekly, \(monthly) monthly, \(try row.decode("bytes", as: Int64.self)) bytes"
            )
            #expect(weekly == (tier == "pro" ? 13 : 0), "\(domain)")
            #expect(monthly == 3, "\(domain)")
            let errors = try row.decode("errors", as: String?.self) ?? ""
            #expect(try row.decode("unsent", as: Int64.self) == 0, "\(domain): \(errors)")
        }
        let mails = try await rows(
            """
            select count(*) as wrong from igny8_service_reports report
            left join lateral (
                select count(*) as mails, count(*) filter (where mail.status = 'sent') as sent, count(distinct address) as readers
                from igny8_emails mail join igny8_email_recipients reader on reader.email_id = mail.id
                where mail.unique_key like 'report:' || report.id || ':%'
            ) mail on true
            where report.status = 'sent' and (mail.mails <> cardinality(report.sent_to) or mail.sent <> mail.mails
                or mail.readers <> mail.mails or mail.mails = 0)
            """
        )
        #expect(try mails.first?.decode("wrong", as: Int64.self) == 0)
        try await expectFiguresOfReports()
        try await expectFilesOfReports()
    }

    /// What a report says is what the rows say: of a period that is over, published articles and delivered links do not change,
    /// and the clicks of the days it names are those of the cache. Posts count that the core had told of by then.
    private func expectFiguresOfReports() async throws {
        let different = try await rows(
            """
            select site.domain, report.report_type, report.period_start::text as start, said.*, counted.*
            from igny8_service_reports report
            join igny8_sites site on site.id = report.site_id
            join igny8_accounts account on account.id = report.account_id
            cross join lateral (select
                (report.report_data #>> '{content,facts,published,now}')::bigint as said_published,
                (report.report_data #>> '{backlinks,facts,built,now}')::bigint as said_built,
                (report.report_data #>> '{social,facts,posts,now}')::bigint as said_posts,
                (report.report_data #>> '{traffic,facts,now,clicks}')::bigint as said_clicks) said
            cross join lateral (select
                (select count(*) from igny8_content where site_id = site.id and status = 'published'
                    and (published_at at time zone account.time_zone)::date between period_start and period_end) as published,
                (select count(*) from igny8_sag_backlinks where site_id = site.id
                    and (delivered_at at time zone account.time_zone)::date between period_start and period_end) as built,
                (select count(*) from igny8_social_posts where site_id = site.id and status = 'posted'
                    and created_at <= report.generated_at
                    and (posted_at at time zone account.time_zone)::date between period_start and period_end) as posts,
                (select coalesce(sum(clicks), 0) from igny8_gsc_metrics_cache where site_id = site.id and query is null
                    and page is null and day in (select (d ->> 'day')::date
                        from jsonb_array_elements(report.report_data #> '{traffic,facts,days}') d)) as clicks) counted
            where report.status = 'sent' and (said_published is distinct from published and said_published is not null
                or said_built is distinct from built and said_built is not null
                or said_posts is distinct from posts and said_posts is not null
                or said_clicks is distinct from clicks and said_clicks is not null)
            """
        )
        for row in different {
            let domain = try row.decode("domain", as: String.self)
            Issue.record(
                """
                \(domain) \(try row.decode("report_type", as: String.self)) \(try row.decode("start", as: String.self)): \
                said and counted: articles \(try row.decode("said_published", as: Int64?.self) ?? -1) \
                \(try row.decode("published", as: Int64.self)), links \(try row.decode("said_built", as: Int64?.self) ?? -1) \
                \(try row.decode("built", as: Int64.self)), posts \(try row.decode("said_posts", as: Int64?.self) ?? -1) \
                \(try row.decode("posts", as: Int64.self)), clicks \(try row.decode("said_clicks", as: Int64?.self) ?? -1) \
                \(try row.decode("clicks", as: Int64.self))
                """
            )
        }
        let said = try await rows(
            """
            select count(*) filter (where report_data #> '{content,facts,published,now}' is not null) as content,
                count(*) filter (where report_data #> '{traffic,facts,now,clicks}' is not null) as traffic,
                count(*) filter (where report_data #> '{backlinks,facts,built,now}' is not null) as backlinks,
                count(*) filter (where report_data #> '{social,facts,posts,now}' is not null) as social,
                count(*) filter (where report_data #> '{indexing,facts}' is not null) as indexing,
                count(*) filter (where report_data #> '{sag_health,facts}' is not null) as structure
            from igny8_service_reports where status = 'sent'
            """
        )
        let row = try #require(said.first)
        for section in ["content", "traffic", "backlinks", "social", "indexing", "structure"] {
            #expect(try row.decode(section, as: Int64.self) > 0, "no report says anything of \(section)")
        }
    }

    /// The newest report of each client lies in the store, and its bytes are those that the row names.
    private func expectFilesOfReports() async throws {
        let files = try await rows(
            """
            select distinct on (site_id) encode(pdf_sha256, 'hex') as hash from igny8_service_reports
            where pdf_sha256 is not null order by site_id, period_end desc, id
            """
        )
        #expect(files.count == description.clients.count)
        let place = try #require(try environment()["IGNY8_FILES"])
        #expect(place.hasPrefix("folder:"))
        for file in files {
            let hash = try file.decode("hash", as: String.self)
            let found = try await Self.run(
                "find",
                [String(place.dropFirst("folder:".count)), "-name", "\(hash)*", "-exec", "sha256sum", "{}", ";"]
            )
            #expect(found.output.hasPrefix(hash), "\(hash): \(found.output)")
        }
    }
}
