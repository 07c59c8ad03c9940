import Foundation
import Persistence
import Postgres

/// What happened in a span of business time, in figures a person asks for first.
struct Happenings {
    struct Line: Equatable {
        let what: String
        let count: Int64
        let detail: String
    }

    /// Each gives one row a group: the group's name and how many. Bounds: after the first moment, up to the second.
    private static let questions: [(what: String, ask: @Sendable (Date, Date) -> SQL)] = [
        (
            "invoices issued",
            {
                "select currency, count(*) from igny8_invoices where issued_at > \($0) and issued_at <= \($1) group by 1"
            }
        ),
        (
            "payments",
            {
                "select status, count(*) from igny8_payments where created_at > \($0) and created_at <= \($1) group by 1"
            }
        ),
        (
            "mails sent",
            { "select template, count(*) from igny8_emails where sent_at > \($0) and sent_at <= \($1) group by 1" }
        ),
        (
            "articles published",
            {
                """
                select site.domain, count(*) from igny8_content content join igny8_sites site on site.id = content.site_id
                where content.published_at > \($0) and content.published_at <= \($1) group by 1
                """
            }
        ),
        (
            "links delivered",
            {
                """
                select status, count(*) from igny8_sag_backlinks
                where delivered_at > \($0) and delivered_at <= \($1) group by 1
                """
            }
        ),
        (
            "links lost",
            {
                """
                select coalesce(claim.status, 'no claim'), count(*) from igny8_audit_events event
                left join igny8_link_claims claim on claim.backlink_id = event.subject_id
                where event.action = 'lost' and event.occurred_at > \($0) and event.occurred_at <= \($1) group by 1
                """
            }
        ),
        (
            "flags raised",
            { "select kind, count(*) from igny8_delivery_flags where since > \($0) and since <= \($1) group by 1" }
        ),
        (
            "jobs done",
            {
                """
                select task, count(*) from igny8_job_history
                where outcome = 'completed' and finished_on > \($0) and finished_on <= \($1) group by 1
                """
            }
        ),
        (
            "attempts repeated",
            {
                """
                select task, sum(jsonb_array_length(errors))::bigint from igny8_job_history
                where finished_on > \($0) and finished_on <= \($1) and errors <> '[]' group by 1
                """
            }
        ),
        (
            "jobs dead",
            { "select task, count(*) from igny8_dead_jobs where died_on > \($0) and died_on <= \($1) group by 1" }
        ),
    ]

    static func read(from begin: Date, to end: Date, in tx: PostgresTransaction) async throws -> [Line] {
        var lines: [Line] = []
        for question in questions {
            let rows = try await tx.query(question.ask(begin, end) + " order by 2 desc, 1")
            let groups = try rows.map { row in
                (name: try row.decode(0, as: String.self), count: try row.decode(1, as: Int64.self))
            }
            let detail = groups.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            lines.append(Line(what: question.what, count: groups.map(\.count).reduce(0, +), detail: detail))
        }
        return lines
    }

    static func text(_ lines: [Line]) -> String {
        var table = Table(["", "", ""], rightAligned: [0])
        for line in lines { table.add(["\(line.count)", line.what, line.detail]) }
        return table.text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    }
}
