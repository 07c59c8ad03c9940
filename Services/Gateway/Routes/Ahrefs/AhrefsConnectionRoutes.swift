import DomainModel
import Foundation
import HTTPTypes
import JobQueue
import Persistence
import Postgres

/// An account's own key to Ahrefs: given, tested by a job, budgeted, taken away. It is never shown again.
enum AhrefsConnectionRoutes {
    static let endpoints = [connect, disconnect, status, budget, unitCost]

    private static let connect = Endpoint(
        .post,
        "integration/ahrefs/connect/",
        .members(.admin),
        "connectAhrefs",
        "Give a key; a job asks Ahrefs about it. Another key takes the place of the one before"
    ) { call in
        guard let box = call.services.secrets else { throw Problem.secretsUnavailable }
        let key = try call.body.text("api_key")
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            let connection = try await AhrefsConnections.connect(
                account,
                key: key,
                monthlyUnits: call.body["monthly_units"]?.integer.map { Int($0) },
                sealedBy: box,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let job = AhrefsJobs.test(connection.value)
            let id = try await write.enqueue(job)
            try await write.audit(
                connection.keyVersion == 1 ? .created : .updated,
                Subject(AhrefsConnectionStatus.subject, connection.id.rawValue, account: account),
                Change(to: connection.status.rawValue, reason: "key ending in \(key.suffix(4))")
            )
            return .accepted(job: id, task: job.task)
        }
    }.with {
        $0.body = .named(
            "NewAhrefsConnection",
            .object([
                .required(
                    "api_key",
                    .string(Text(length: 16...200, format: .visible)),
                    "Kept sealed, never shown again."
                ),
                .optional(
                    "monthly_units",
                    .nullable(.count),
                    "The most units to spend in a calendar month; null or left out: whatever the key has."
                ), .optional("account_id", .id, "For staff: whose."),
            ])
        )
        $0.success = .accepted
        $0.answer = .acceptedJob
        // Giving the same key twice tests it twice; nothing else happens.
        $0.takesIdempotencyKey = false
        $0.problems = [.serviceUnavailable]
    }.requires(.ahrefsLevel, "readonly")

    private static let disconnect = Endpoint(
        .delete,
        "integration/ahrefs/disconnect/",
        .members(.admin),
        "disconnectAhrefs",
        "Forget the key. What was fetched with it stays"
    ) { call in
        try await call.write { write in
            let account = try await write.askedAccount().id
            let connection = try await AhrefsConnections.find(of: account, for: write.tenant, in: write.tx)
            guard let connection,
                try await AhrefsConnections.disconnect(account, for: write.tenant, in: write.tx)
            else { throw Problem.notFound }
            let subject = Subject(AhrefsConnectionStatus.subject, connection.id.rawValue, account: account)
            try await write.audit(.deleted, subject, Change(from: connection.status.rawValue))
            return .noContent
        }
    }.with {
        $0.query = [Endpoint.whose]
        $0.success = .noContent
        $0.problems = [.notFound]
    }

    private static let budget = Endpoint(
        .put,
        "integration/ahrefs/budget/",
        .members(.admin),
        "setAhrefsBudget",
        "How many units may be spent in a calendar month; it holds from the next call"
    ) { call in
        try await call.write { write in
            let account = try await write.account(named: call.body)
            let found = try await AhrefsConnections.find(
                of: account,
                for: write.tenant,
                lock: .forUpdate,
                in: write.tx
            )
            guard var connection = found else { throw Problem.notFound }
            connection.monthlyUnits = call.body["monthly_units"]?.integer.map { Int($0) }
            try await AhrefsConnections.save(&connection, isTested: false, in: write.tx)
            let answer = try await shown(account, write)
            try await write.audit(
                .updated,
                Subject(AhrefsConnectionStatus.subject, connection.id.rawValue, account: account),
                .fields(of: call.body)
            )
            return answer
        }
    }.with {
        $0.body = .named(
            "AhrefsBudgetChange",
            .object([
                .required("monthly_units", .nullable(.count), "Null: whatever the key has."),
                .optional("account_id", .id, "For staff: whose."),
            ])
        )
        $0.answer = answerSchema
        $0.problems = [.notFound]
    }.requires(.ahrefsLevel, "readonly")

    private static let unitCost = Endpoint(
        .put,
        "integration/ahrefs/unit-cost/",
        .staff(.admin),
        "setAhrefsUnitCost",
        "What a thousand units of an account's key cost the agency; calls from now on are booked at it"
    ) { call in
        let cost = try call.body["cost_per_1000_units"]?.string.map { text in
            guard let cost = try? Money(decimal: text, currency: .usd), cost.isPositive else {
                throw Problem.invalid("cost_per_1000_units", "an amount above zero in USD")
            }
            return cost
        }
        return try await call.write { write in
            let account = try await write.account(named: call.body)
            guard try await AhrefsCosts.set(cost, of: account, for: write.tenant, in: write.tx),
                let connection = try await AhrefsConnections.find(of: account, for: write.tenant, in: write.tx)
            else { throw Problem.notFound }
            let answer = try await shown(account, write)
            try await write.audit(
                .updated,
                Subject(AhrefsConnectionStatus.subject, connection.id.rawValue, account: account),
                .fields(of: call.body)
            )
            return answer
        }
    }.with {
        $0.body = .named(
            "AhrefsUnitCost",
            .object([
                .required(
                    "cost_per_1000_units",
                    .nullable(.money),
                    "In US dollars; null where the account pays for its key itself: nothing is booked then."
                ), .required("account_id", .id, "Whose key."),
            ])
        )
        $0.answer = answerSchema
        $0.problems = [.notFound]
    }

    private static let status = Endpoint(
        .get,
        "integration/ahrefs/status/",
        .members(.admin),
        "getAhrefsStatus",
        "Whether a key is connected, what it has left, what the month has cost, and what a week will"
    ) { call in
        try await call.view { write in try await shown(try await write.askedAccount().id, write) }
    }.with {
        $0.scope = .servicesRead
        $0.query = [Endpoint.whose]
        $0.problems = [.notFound]
        $0.answer = answerSchema
    }

    private static func shown(_ account: Account.ID, _ write: Write) async throws -> Answer {
        let rows = try await write.tx.query(
            """
            select c.status, c.api_key_last4, c.plan_type, c.credits_limit, c.credits_remaining, c.credits_reset_at,
                c.key_expires_at, c.tested_at, c.last_synced, c.last_error, c.monthly_units,
                coalesce(b.units_spent, 0) as spent, coalesce(b.units_reserved, 0) as reserved,
                coalesce(b.calls, 0) as calls, coalesce(b.stops, 0) as stops
            from igny8_ahrefs_connections c
            join igny8_accounts a on a.id = c.account_id
            left join igny8_ahrefs_budgets b on b.account_id = c.account_id
                and b.month = date_trunc('month', igny8_now() at time zone a.time_zone)::date
            where c.account_id = \(account.rawValue) and \(fragment: write.tenant.owns("c.account_id"))
            """
        )
        let budget = try await AhrefsCalls.budget(of: account, in: write.tx)
        let week = try await week(of: account, write)
        return try .json { writer in
            try writer.object { writer in
                let row = rows.first
                func text(_ name: String) throws -> String? { try row?.decode(name, as: String?.self) ?? nil }
                func count(_ name: String) throws -> Int64? { try row?.decode(name, as: Int64?.self) ?? nil }
                func time(_ name: String) throws -> String? {
                    (try row?.decode(name, as: Date?.self) ?? nil)?.formatted(.iso8601)
                }
                writer.member("account_id", account.rawValue)
                writer.member("is_connected", row != nil)
                for name in ["status", "api_key_last4", "plan_type"] { writer.member(name, try text(name)) }
                for name in ["credits_limit", "credits_remaining"] { writer.member(name, try count(name)) }
                for name in ["credits_reset_at", "key_expires_at", "tested_at", "last_synced"] {
                    writer.member(name, try time(name))
                }
                writer.member("last_error", try text("last_error"))
                writer.key("budget")
                try writer.object { writer in
                    writer.member("monthly_units", try count("monthly_units"))
                    for name in ["spent", "reserved", "calls", "stops"] { writer.member(name, try count(name) ?? 0) }
                    writer.member("left", budget?.left.map { Int64($0) })
                }
                writer.key("week")
                writer.object { writer in
                    writer.member("domains", week.domains)
                    writer.member("requests", week.plan.requests)
                    writer.member("units", week.plan.forecast)
                    writer.member("left_out", week.plan.leftOut.count)
                }
            }
        }
    }

    /// The snapshots of a week, as they would be fetched now.
    private static func week(
        of account: Account.ID,
        _ write: Write
    ) async throws -> (domains: Int, plan: AhrefsCallPlan) {
        let sites = try await AhrefsConnections.sites(of: account, in: write.tx)
        let targets = sites.flatMap { site in
            site.domains.enumerated().map { AhrefsCallPlan.Target($0.element, isOwn: $0.offset == 0) }
        }
        let left = try await AhrefsCalls.budget(of: account, in: write.tx)?.left
        return (targets.count, AhrefsCallPlan(targets, unitsLeft: left))
    }

    private static let answerSchema = Schema.named(
        "AhrefsStatus",
        .object([
            .required("account_id", .id), .required("is_connected", .boolean),
            .required("status", .nullable(.oneOf(AhrefsConnectionStatus.self))),
            .required("api_key_last4", .nullable(.text(max: 4))),
            .required("plan_type", .nullable(.oneOf(AhrefsPlan.self))),
            .required("credits_limit", .nullable(.count), "Units between two resets; null: without limit, or unknown."),
            .required("credits_remaining", .nullable(.count)), .required("credits_reset_at", .nullable(.time)),
            .required("key_expires_at", .nullable(.time)), .required("tested_at", .nullable(.time)),
            .required("last_synced", .nullable(.time)), .required("last_error", .nullable(.text(max: 2_000))),
            .required(
                "budget",
                .object([
                    .required("monthly_units", .nullable(.count), "Null: whatever the key has."),
                    .required("spent", .count, "By the headers of the answers; what is unknown, as it was forecast."),
                    .required("reserved", .count, "Of calls under way."), .required("calls", .count),
                    .required("stops", .count, "Calls that were not made, because they would have passed the limit."),
                    .required("left", .nullable(.count), "Null: without limit."),
                ]),
                "Of this calendar month."
            ),
            .required(
                "week",
                .object([
                    .required("domains", .count, "Sites and competitors."), .required("requests", .count),
                    .required("units", .count),
                    .required("left_out", .count, "Competitors for which the units do not suffice."),
                ]),
                "What the weekly snapshots take."
            ),
        ])
    )
}
