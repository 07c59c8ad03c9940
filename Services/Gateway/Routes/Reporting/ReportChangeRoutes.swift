import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

/// What staff order of reports. Each is a job of the reporting worker; what is decided is decided here.
enum ReportChangeRoutes {
    static let endpoints = [generate, send, regenerate, approve, hold].map { endpoint in
        endpoint.with { $0.scope = .servicesWrite }
    }

    private static let generate = Endpoint(
        .post,
        ReportRoutes.path + "generate/",
        .staff,
        "generateServiceReport",
        "Make the report of a period that the site has none of yet"
    ) { call in
        guard let type = ReportType(rawValue: try call.body.text("type")) else { throw Problem.unexpected }
        return try await call.write { write in
            let id = Site.ID(try call.body.number("site_id"))
            guard let site = try await Sites.find(id, for: write.tenant, in: write.tx),
                let account = try await Accounts.find(site.accountID, for: write.tenant, in: write.tx)
            else { throw Problem.invalid("site_id", "the id of a site") }
            try await write.require(.reports(type), account: account.id)
            let today = CalendarDay(of: try await BusinessClock.now(in: write.tx), in: account.timeZone)
            var order = ReportDecisions.Order(site: site.value, period: try period(type, call.body, today))
            order.sections = call.body.texts("sections")?.compactMap { ReportSection(rawValue: $0) }
            order.theme = call.body["theme"]?.string.flatMap { ServiceConfig.Theme(rawValue: $0) }
            let created = try await ReportDecisions.create(order, createdBy: write.identity.userID, in: write.tx)
            guard let report = created else {
                throw Problem.conflict(
                    "already-exists",
                    "The site has its \(type.rawValue) report from \(order.period.start) already: regenerate it."
                )
            }
            let job = ReportsJobs.generate(report, account: account.id, priority: 10)
            let jobID = try await write.enqueue(job)
            try await write.audit(
                .created,
                Subject(ReportStatus.subject, report, account: account.id),
                Change(to: ReportStatus.queued.rawValue, data: ["period_start": .string("\(order.period.start)")])
            )
            return Answer.json(.accepted) { writer in
                writer.object { writer in
                    writer.member("report_id", report)
                    writer.acceptedJob(jobID, task: job.task)
                }
            }.with(header: .location, "\(Endpoint.root)\(ReportRoutes.path)\(report)/")
        }
    }.with {
        $0.bodyGates = ReportType.allCases.map { BodyGate(when: "type = \($0.rawValue)", requirement: .reports($0)) }
        $0.body = .named(
            "NewServiceReport",
            .object([
                .required("site_id", .id), .required("type", .oneOf(ReportType.self)),
                .optional("day", .day, "Any day of the period; the last one that is over when left out."),
                .optional(
                    "sections",
                    .array(.oneOf(ReportSection.self), count: 1...9),
                    "Those of the site's service when left out. Losses are in every report."
                ),
                .optional("theme", .oneOf(ServiceConfig.Theme.self)),
            ])
        )
        $0.success = .accepted
        $0.answer = .named(
            "OrderedServiceReport",
            .object([.required("report_id", .id)] + Schema.acceptedJob.fields)
        )
    }

    private static let send = change("send/", "sendServiceReport", "Mail it now, once to each recipient") {
        desk,
        write in
        guard desk.status == .ready || desk.status == .sent else {
            throw Problem.conflict("not-ready", "There is nothing to send: the report is \(desk.status.rawValue).")
        }
        guard desk.approval != .pending, desk.approval != .held else {
            throw Problem.conflict(
                "approval-needed",
                "The report is \(desk.approval.rawValue): approve it, then it is sent."
            )
        }
        try await write.audit(.submitted, .report(desk))
        return ReportsJobs.sendAgain(desk.id, account: desk.accountID)
    }

    private static let regenerate = change(
        "regenerate/",
        "regenerateServiceReport",
        "Make it anew, of the facts and the brand as they are now; its earlier PDFs stay in its history"
    ) { desk, write in
        try await ReportDecisions.regenerate(desk, in: write.tx)
        try await write.audit(
            .updated,
            .report(desk),
            Change(from: desk.status.rawValue, to: ReportStatus.queued.rawValue)
        )
        return ReportsJobs.generate(desk.id, account: desk.accountID, priority: 10)
    }

    private static let approve = change(
        "approve/",
        "approveServiceReport",
        "Say yes to a report that waits; it is sent"
    ) {
        desk,
        write in
        try await ReportDecisions.decide(.approved, on: desk, by: write.identity.userID, in: write.tx)
        try await write.audit(
            .approved,
            .report(desk),
            Change(from: desk.approval.rawValue, to: ReportApproval.approved.rawValue)
        )
        return ReportsJobs.send(desk.id, account: desk.accountID)
    }

    private static let hold = Endpoint(
        .post,
        ReportRoutes.path + "{id}/hold/",
        .staff,
        "holdServiceReport",
        "Keep a report that waits from being sent, also when its time is over"
    ) { call in
        let id = try call.id()
        return try await call.write { write in
            let desk = try await write.desk(id)
            try await ReportDecisions.decide(.held, on: desk, by: write.identity.userID, in: write.tx)
            try await write.audit(
                .held,
                .report(desk),
                Change(from: desk.approval.rawValue, to: ReportApproval.held.rawValue)
            )
            return try await write.answer(Resources.serviceReports, id)
        }
    }.with {
        $0.answer = Resources.serviceReports.schema
        $0.hasETag = true
    }

    private static func change(
        _ name: String,
        _ operation: String,
        _ summary: String,
        _ order: @escaping @Sendable (ReportDecisions.Desk, Write) async throws -> NewJob
    ) -> Endpoint {
        Endpoint(.post, ReportRoutes.path + "{id}/" + name, .staff, operation, summary) { call in
            let id = try call.id()
            return try await call.write { write in
                let job = try await order(write.desk(id), write)
                return .accepted(job: try await write.enqueue(job), task: job.task)
            }
        }.with {
            $0.success = .accepted
            $0.answer = .acceptedJob
        }
    }

    private static func period(_ type: ReportType, _ body: JSON, _ today: CalendarDay) throws(Problem) -> ReportPeriod {
        guard let day = body["day"]?.string.flatMap({ CalendarDay($0) }) else {
            return ReportPeriod(type, endedBefore: today)
        }
        let period = ReportPeriod(type, containing: day)
        guard period.end < today else { throw .invalid("day", "a day of a period that is over") }
        return period
    }
}

extension Subject {
    fileprivate static func report(_ desk: ReportDecisions.Desk) -> Subject {
        Subject(ReportStatus.subject, desk.id, account: desk.accountID, subscription: desk.subscriptionID)
    }
}

extension Write {
    fileprivate func desk(_ id: Int64) async throws -> ReportDecisions.Desk {
        guard let desk = try await ReportDecisions.hold(id, for: tenant, in: tx) else { throw Problem.notFound }
        return desk
    }
}
