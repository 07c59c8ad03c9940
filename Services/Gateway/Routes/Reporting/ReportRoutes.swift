import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

/// The reads of reports: lists, details, the PDF, the HTML it was made of, and where its figures come from.
enum ReportRoutes {
    static let endpoints = [list, detail, pdf, html, explain].map { endpoint in
        endpoint.with { $0.scope = .reportsRead }
    }

    static let path = "services/reports/"

    private static let list = Endpoint.list(
        path,
        .anyone,
        "listServiceReports",
        "Reports, the newest first: all for staff, the account's own for members",
        Resources.serviceReports,
        where: { call in
            var conditions: [SQL] = []
            if let day = call.query["from"].flatMap({ CalendarDay($0) }) {
                conditions.append("t.period_end >= \(day.postgres)")
            }
            if let day = call.query["to"].flatMap({ CalendarDay($0) }) {
                conditions.append("t.period_start <= \(day.postgres)")
            }
            guard let first = conditions.first else { return nil }
            return conditions.dropFirst().reduce(first) { $0 + " and " + $1 }
        }
    ).with {
        $0.query += [
            QueryParameter("from", .day, "Only reports that cover this day or a later one."),
            QueryParameter("to", .day, "Only reports that cover this day or an earlier one."),
        ]
    }

    private static let detail = Endpoint.detail(
        path + "{id}/",
        .anyone,
        "getServiceReport",
        "A report with every PDF that was made of it and every mail it went out in",
        Resources.serviceReportDetails
    )

    private static let pdf = Endpoint(
        .get,
        path + "{id}/pdf/",
        .anyone,
        "getServiceReportPDF",
        "The PDF, whole or in parts; its ETag is its SHA-256. 307 to the store where that makes links of its own"
    ) { call in
        let rows = try await call.read([ReportFiles.report(try call.id(), for: call.tenant)]).rows[0]
        guard let row = rows.first else { throw Problem.notFound }
        guard let file = try ReportFiles.file(row) else { throw try notReady(row) }
        return try await call.download(file)
    }.givesPDF()

    private static let html = Endpoint(
        .get,
        path + "{id}/html/",
        .anyone,
        "getServiceReportHTML",
        "What the PDF is made of, as a page that runs and fetches nothing"
    ) { call in
        let (id, tenant) = (try call.id(), call.tenant)
        let rows = try await call.read([
            """
            select report_data, design, status, last_error from igny8_service_reports
            where id = \(id) and \(fragment: ReportFiles.shown(to: tenant))
            """
        ]).rows[0]
        guard let row = rows.first else { throw Problem.notFound }
        guard let data = try row.decode("report_data", as: PostgresJSON?.self),
            let design = try row.decode("design", as: PostgresJSON?.self)
        else { throw try notReady(row) }
        return try await ReportPage.answer(data, design, call)
    }.with {
        $0.mediaType = "text/html"
        $0.problems = [.conflict]
    }

    private static let explain = Endpoint(
        .get,
        path + "{id}/explain/",
        .anyone,
        "explainServiceReport",
        "Where each figure of a report comes from: its formula, its rows, and when they were fetched"
    ) { call in
        let (id, tenant) = (try call.id(), call.tenant)
        let rows = try await call.read([
            """
            select report_data, status, last_error from igny8_service_reports
            where id = \(id) and \(fragment: ReportFiles.shown(to: tenant))
            """
        ]).rows[0]
        guard let row = rows.first else { throw Problem.notFound }
        guard let data = try row.decode("report_data", as: PostgresJSON?.self) else { throw try notReady(row) }
        return try ReportExplanationWriter.answer(data)
    }.with {
        $0.answer = ReportExplanationWriter.schema
        $0.problems = [.conflict]
    }

    /// What is asked for is not there yet, and why.
    private static func notReady(_ row: PostgresRow) throws -> Problem {
        let (status, error) = (
            try row.decode("status", as: String.self), try row.decode("last_error", as: String?.self)
        )
        let reason = status == "failed" ? "it could not be made: \(error ?? "unknown")" : "it is \(status)"
        return Problem.conflict("not-ready", "There is no document of this report yet: \(reason)")
    }
}
