import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// What waits for a client's yes: answered by owners and admins signed in, by staff for them, or by a link from the mail.
enum ApprovalRoutes {
    static let endpoints = [list, detail, open, approve, requestChanges]

    private static let list = Endpoint.list(
        "services/approvals/",
        .anyone,
        "listApprovals",
        "What was laid before clients, with what was shown and until when: all for staff, the account's own for members",
        Resources.approvals
    ).with { $0.scope = .servicesRead }

    private static let detail = Endpoint.detail(
        "services/approvals/{id}/",
        .anyone,
        "getApproval",
        "One of them",
        Resources.approvals
    ).with { $0.scope = .servicesRead }

    /// The token comes in a body: addresses are logged, bodies are not.
    private static let open = Endpoint(
        .post,
        "services/approvals/open/",
        .public,
        "openApproval",
        "What a link from the mail is about"
    ) { call in
        let token = try call.body.text("token")
        return try await call.services.store.read(as: system, actor: "public") { tx in
            guard let link = try await Approvals.link(token, in: tx) else { throw Problem.notFound }
            return try Resources.approvals.answer(
                try await tx.query(ReadModel.approvals.row(link.approvalID.rawValue, for: system))
            )
        }
    }.with {
        $0.body = .object([.required("token", .text(1...200))])
        $0.answer = Resources.approvals.schema
        $0.limit = perAddress
        $0.takesIdempotencyKey = false
        $0.problems = [.notFound]
    }

    private static let approve = decision(
        "approve/",
        "approveApproval",
        "Say yes: signed in as an owner or admin, or with the token of a link from the mail",
        body: [.optional("comment", .text(max: 1000))]
    ) { body in .approve(comment: body["comment"]?.string) }

    private static let requestChanges = decision(
        "request-changes/",
        "requestApprovalChanges",
        "Ask for something else: signed in as an owner or admin, or with the token of a link from the mail",
        body: [.required("comment", .text(1...1000), "What should be different.")]
    ) { body in .requestChanges(comment: try body.text("comment")) }

    private static let perAddress = RateLimit(rate: 1.0 / 2, burst: 30)
    private static let system = Tenant.system(reason: "a link from a mail")

    private static func decision(
        _ path: String,
        _ operation: String,
        _ summary: String,
        body fields: [Schema.Field],
        _ verdict: @escaping @Sendable (JSON) throws -> ApprovalDecisions.Verdict
    ) -> Endpoint {
        Endpoint(.post, "services/approvals/{id}/\(path)", .public, operation, summary) { call in
            let (id, verdict) = (Approval.ID(try call.id()), try verdict(call.body))
            if let token = call.body["token"]?.string { return try await decide(verdict, id, by: token, call) }
            return try await call.write { write in
                guard var desk = try await ApprovalDecisions.hold(id, for: write.tenant, in: write.tx) else {
                    throw Problem.notFound
                }
                guard let user = write.identity.userID, write.identity.isStaff || write.identity.role.includes(.admin)
                else { throw Problem.forbidden("An owner or admin has to decide, signed in.") }
                try await require(desk, write)
                let outcome = try await ApprovalDecisions.decide(
                    verdict,
                    &desk,
                    by: user,
                    way: write.identity.isStaff ? .staff : .member,
                    in: write.tx
                )
                try await write.record(outcome)
                return try await write.answer(Resources.approvals, id.rawValue)
            }
        }.with {
            $0.body = .object([.optional("token", .text(1...200), "From the mail; without one, sign in.")] + fields)
            $0.answer = Resources.approvals.schema
            $0.hasETag = true
            $0.limit = perAddress
            $0.problems = [
                .unauthorized, .forbidden, .notFound, .conflict, .gone, .paymentRequired, .preconditionFailed,
            ]
        }
    }

    private static func require(_ desk: ApprovalDecisions.Desk, _ write: Write) async throws {
        guard desk.approval.subject == .backlinkOrder else { return }
        try await write.require(.backlinkOrdersEnabled, account: desk.approval.accountID)
    }

    /// A link is as good as the sign-in of the person it was mailed to, for this one answer: while they still are an owner
    /// or admin of an active account, what was shown is still so, and nobody has answered.
    private static func decide(
        _ verdict: ApprovalDecisions.Verdict,
        _ id: Approval.ID,
        by token: String,
        _ call: Call
    ) async throws -> Answer {
        try await call.services.store.transaction(as: system, actor: "public") { tx in
            guard let link = try await Approvals.link(token, in: tx), link.approvalID == id,
                var desk = try await ApprovalDecisions.hold(id, for: system, in: tx),
                let account = try await Accounts.find(desk.approval.accountID, for: system, in: tx)
            else { throw Problem.notFound }
            guard account.status == .active else {
                throw Problem.forbidden("The account is \(account.status.rawValue).")
            }
            switch desk.approval.status {
            case .pending: break
            case .withdrawn: throw gone("withdrawn", "What was shown has changed since: this link is void.")
            case .approved, .changesRequested: throw gone("decided", "This has been answered already.")
            }
            guard let end = desk.approval.expiresAt, desk.now < end else {
                throw gone("link-expired", "This link has expired.")
            }
            var outcome = try await ApprovalDecisions.decide(verdict, &desk, by: link.userID, way: .link, in: tx)
            for index in outcome.events.indices { outcome.events[index].actor = link.userID.map { "user:\($0)" } }
            try await call.services.producer.enqueue(outcome.jobs, in: tx)
            let answer = try Resources.approvals.answer(
                try await tx.query(ReadModel.approvals.row(id.rawValue, for: system))
            )
            try await call.record(outcome.events, in: tx)
            return answer.with(header: .eTag, EntityTag.of(answer.body))
        }
    }

    private static func gone(_ type: String, _ detail: String) -> Problem {
        Problem(.gone, type, "This link answers no more", detail)
    }
}

extension Call {
    /// Writes audit events that others have put together. They come last in their transaction.
    func record(_ events: [AuditEvent], in tx: PostgresTransaction) async throws {
        try await AuditLog.record(
            events.map { event in
                var event = event
                event.requestID = requestID
                return event
            },
            in: tx
        )
    }
}
