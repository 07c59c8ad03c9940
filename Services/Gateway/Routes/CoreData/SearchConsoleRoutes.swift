import DomainModel
import Foundation
import HTTPTypes
import JobQueue
import Persistence
import Postgres

/// A site's Search Console: the client's consent is given, read with, taken away. It is never shown again.
enum SearchConsoleRoutes {
    static let endpoints = [connect, disconnect, status]

    private static let connect = Endpoint(
        .post,
        "integration/search-console/connect/",
        .members(.admin),
        "connectSearchConsole",
        "Let a site's Search Console be read; a job reads it at once, and every day. Another consent takes the place of the one "
            + "before"
    ) { call in
        guard let box = call.services.secrets else { throw Problem.secretsUnavailable }
        let token = try call.body.text("refresh_token")
        let property = try call.body.text("property")
        let id = Site.ID(try call.body.number("site_id"))
        return try await call.write { write in
            guard let site = try await Sites.find(id, for: write.tenant, in: write.tx) else { throw Problem.notFound }
            guard SearchConsoleProperty.covers(property, site.domain.name) else {
                throw Problem.notCovering(site.domain.name)
            }
            let before = try await SearchConsoleConnections.find(of: id, for: write.tenant, in: write.tx)
            let connection = try await SearchConsoleConnections.connect(
                site.value,
                property: property,
                refreshToken: token,
                sealedBy: box,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let job = CoreDataJobs.sync(
                connection.id,
                version: connection.tokenVersion,
                account: site.accountID,
                priority: 5
            )
            let jobID = try await write.enqueue(job)
            if before?.tokenVersion != connection.tokenVersion {
                try await write.audit(
                    before == nil ? .created : .updated,
                    Subject(SearchConsoleStatus.subject, connection.id, account: site.accountID),
                    Change(from: before?.status.rawValue, to: connection.status.rawValue, reason: property)
                )
            }
            return .accepted(job: jobID, task: job.task)
        }
    }.with {
        $0.body = .named(
            "NewSearchConsoleConnection",
            .object([
                .required("site_id", .id),
                .required(
                    "property",
                    .string(Text(length: 8...300, format: .visible)),
                    "As Search Console names it: sc-domain:example.com, or https://www.example.com/."
                ),
                .required(
                    "refresh_token",
                    .string(Text(length: 16...1_000, format: .visible)),
                    "Of a consent to webmasters.readonly with offline access. Kept sealed, never shown again."
                ),
            ])
        )
        $0.success = .accepted
        $0.answer = .acceptedJob
        // The same consent given twice is read twice; nothing else happens.
        $0.takesIdempotencyKey = false
        $0.problems = [.notFound, .serviceUnavailable]
    }.requires(.gscLevel, "basic")

    private static let disconnect = Endpoint(
        .delete,
        "integration/search-console/disconnect/",
        .members(.admin),
        "disconnectSearchConsole",
        "Forget the consent. What was read with it stays"
    ) { call in
        guard let id = call.query.integer("site_id") else { throw Problem.notFound }
        return try await call.write { write in
            let found = try await SearchConsoleConnections.find(of: Site.ID(id), for: write.tenant, in: write.tx)
            guard let connection = found, connection.status != .disconnected else { throw Problem.notFound }
            guard try await SearchConsoleConnections.note(connection, .disconnected, error: nil, in: write.tx) else {
                throw Problem.conflict("conflict", "The connection has just changed.")
            }
            let subject = FlagSubject(kind: SearchConsoleStatus.subject, id: connection.id)
            try await DeliveryFlags.clear(
                .consentNeeded,
                on: subject,
                because: "the connection was taken away",
                for: write.tenant,
                in: write.tx
            )
            try await write.audit(
                .deleted,
                Subject(SearchConsoleStatus.subject, connection.id, account: connection.accountID),
                Change(from: connection.status.rawValue, to: SearchConsoleStatus.disconnected.rawValue)
            )
            return .noContent
        }
    }.with {
        $0.query = [QueryParameter("site_id", .id, "Whose.")]
        $0.success = .noContent
        $0.problems = [.notFound, .conflict]
    }

    private static let status = Endpoint(
        .get,
        "integration/search-console/status/",
        .members(.admin),
        "getSearchConsoleStatus",
        "Which sites' Search Console is connected, how far it is read, and what is wrong"
    ) { call in
        try await call.view { write in
            let account = try await write.askedAccount().id
            let connections = try await SearchConsoleConnections.all(of: account, for: write.tenant, in: write.tx)
            let consents = try await SearchConsoleConsents.latest(of: account, for: write.tenant, in: write.tx)
            return Answer.json { writer in
                writer.object { writer in
                    writer.member("account_id", account.rawValue)
                    writer.key("connections")
                    writer.beginArray()
                    for connection in connections {
                        writer.object { writer in
                            writer.member("site_id", connection.siteID.rawValue)
                            writer.member("property", connection.property)
                            writer.member("status", connection.status.rawValue)
                            writer.member("synced_through", connection.syncedThrough?.description)
                            writer.member("last_synced_at", connection.lastSyncedAt?.formatted(.iso8601))
                            writer.member("last_error", connection.lastError)
                            writer.member("waits_seconds", connection.waits?.components.seconds)
                            writer.member("inspections_left", connection.inspectionsLeft)
                        }
                    }
                    writer.endArray()
                    writer.key("consents")
                    writer.beginArray()
                    for consent in consents {
                        writer.object { writer in
                            writer.member("site_id", consent.siteID.rawValue)
                            writer.member("property", consent.property)
                            writer.member("status", consent.status.rawValue)
                            writer.member("failure", consent.failure)
                            writer.member("updated_at", consent.updatedAt.formatted(.iso8601))
                        }
                    }
                    writer.endArray()
                }
            }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query = [Endpoint.whose]
        $0.problems = [.notFound]
        $0.answer = .named(
            "SearchConsoleStatus",
            .object([
                .required("account_id", .id),
                .required(
                    "connections",
                    .array(
                        .object([
                            .required("site_id", .id), .required("property", .text(max: 300)),
                            .required("status", .oneOf(SearchConsoleStatus.self)),
                            .required("synced_through", .nullable(.day), "The last day (US Pacific) that is stored."),
                            .required("last_synced_at", .nullable(.time)),
                            .required("last_error", .nullable(.text(max: 2_000))),
                            .required(
                                "waits_seconds",
                                .nullable(.count),
                                "Google's quota was exceeded: nothing is asked for so long."
                            ), .required("inspections_left", .count, "Of today's 2,000."),
                        ])
                    )
                ),
                .required(
                    "consents",
                    .array(
                        .object([
                            .required("site_id", .id),
                            .required("property", .nullable(.text(max: 300)), "As asked for."),
                            .required("status", .oneOf(SearchConsoleConsent.self)),
                            .required(
                                "failure",
                                .nullable(.text(max: 2_000)),
                                "Why nothing came of it, and what to do."
                            ),
                            .required("updated_at", .time),
                        ])
                    ),
                    "The last consent that was asked for at Google, of each site."
                ),
            ])
        )
    }
}
