import DomainModel
import JobQueue
import Persistence
import Postgres

/// Makes a connection of a consent that the browser has brought: exchanges the code, finds the property that covers the site,
/// and orders the first sync.
///
/// Google takes a code once. Before it is sent the row says so; a run that finds it said knows that an answer was lost, and ends
/// with a question to the client instead of asking Google again. What Google gives is kept before anything else is asked.
struct AcceptSearchConsoleConsent: JobTask {
    static let name = "accept_search_console_consent"

    let desk: DataDesk

    /// 1, 3, 9, 27, 81 s: a code is good for some ten minutes.
    var retry: RetryPolicy { RetryPolicy(maxAttempts: 6, factor: 3) }
    /// Three calls, each with its own patience.
    var timeout: Duration { .seconds(180) }

    private struct Outcome: Codable, Sendable {
        var connection: Int64
        var property: String
    }

    private static let system = Tenant.system(reason: name)

    func run(_ payload: CoreDataJobs.Consent, _ context: JobContext) async throws {
        guard let consent = try await begin(payload.consentID, context) else { return }
        var kept = consent.status == .exchanged ? try await refreshToken(of: consent, context) : nil
        var grant: SearchConsole.Grant?
        if kept == nil {
            grant = try await exchange(consent, context)
            kept = grant?.refreshToken
        }
        guard let token = kept, let listed = try await properties(token, grant, consent, context) else { return }
        try await connect(consent, token, listed, context)
    }

    // MARK: Steps

    /// The consent, with its code about to be sent or its token kept; nil where the job is done.
    private func begin(_ id: Int64, _ context: JobContext) async throws -> SearchConsoleConsents.Consent? {
        try await desk.transaction(context) { tx in
            let found = try await SearchConsoleConsents.find(id, for: Self.system, lock: .forUpdate, in: tx)
            switch found?.status {
            case .received:
                guard let found else { return nil }
                guard desk.console.isConfigured else {
                    try await end(found, .unconfigured, context, in: tx)
                    return nil
                }
                _ = try await SearchConsoleConsents.move(found, from: .received, to: .exchanging, in: tx)
                return found
            case .exchanged: return found
            case .exchanging:
                guard let found else { return nil }
                try await end(found, .lost, context, in: tx)
            default: try await context.complete(result: ConsoleStop(stopped: "there is nothing to do"), in: tx)
            }
            return nil
        }
    }

    /// Nil where the job is done.
    private func exchange(
        _ consent: SearchConsoleConsents.Consent,
        _ context: JobContext
    ) async throws -> SearchConsole.Grant? {
        let secret = try await desk.read(context) { tx in
            try await SearchConsoleConsents.codeAndVerifier(of: consent, openedBy: desk.secrets, in: tx)
        }
        let grant: SearchConsole.Grant
        do throws(GoogleError) {
            grant = try await desk.console.exchange(
                code: secret.code,
                verifier: secret.verifier,
                redirectURI: consent.redirectURI
            )
        } catch {
            try await settle(exchange: error, consent, context)
            return nil
        }
        guard grant.isToRead else {
            try await end(consent, .notTicked, context)
            return nil
        }
        guard let token = grant.refreshToken else {
            try await end(consent, .notLasting, context)
            return nil
        }
        let isKept = try await desk.transaction(context) { tx in
            let isKept = try await SearchConsoleConsents.keep(token, for: consent, sealedBy: desk.secrets, in: tx)
            if !isKept { try await context.complete(result: ConsoleStop(stopped: "it was over before"), in: tx) }
            return isKept
        }
        return isKept ? grant : nil
    }

    private func refreshToken(
        of consent: SearchConsoleConsents.Consent,
        _ context: JobContext
    ) async throws -> String {
        try await desk.read(context) { tx in
            try await SearchConsoleConsents.refreshToken(of: consent, openedBy: desk.secrets, in: tx)
        }
    }

    /// Nil where the job is done.
    private func properties(
        _ token: String,
        _ grant: SearchConsole.Grant?,
        _ consent: SearchConsoleConsents.Consent,
        _ context: JobContext
    ) async throws -> [SearchConsoleProperty.Listed]? {
        do throws(GoogleError) {
            return try await desk.console.properties(token, grant)
        } catch {
            switch error.kind {
            case .quotaExceeded: throw JobError.snooze(for: DataDesk.quotaPause)
            case .consentEnded: try await end(consent, .takenBack, context)
            case .denied, .badRequest: try await end(consent, .noList(error), context)
            // A token that is not taken was the exchange's: the next attempt brings a fresh one.
            case .tokenRefused, .unavailable, .unreadable:
                guard context.attempt >= context.maxAttempts else { throw error }
                try await end(consent, .away(error), context)
            }
            return nil
        }
    }

    private func connect(
        _ consent: SearchConsoleConsents.Consent,
        _ token: String,
        _ listed: [SearchConsoleProperty.Listed],
        _ context: JobContext
    ) async throws {
        try await desk.transaction(context) { tx in
            let now = try await SearchConsoleConsents.find(consent.id, for: Self.system, lock: .forUpdate, in: tx)
            guard now?.status == .exchanged else {
                return try await context.complete(result: ConsoleStop(stopped: "it was over before"), in: tx)
            }
            guard let site = try await Sites.find(consent.siteID, for: Self.system, in: tx) else {
                return try await end(consent, .noSite, context, in: tx)
            }
            let domain = site.domain.name
            guard let property = SearchConsoleProperty.choice(of: listed, for: domain, asked: consent.property) else {
                return try await end(consent, .noProperty(consent.property, domain, listed), context, in: tx)
            }
            let before = try await SearchConsoleConnections.find(of: consent.siteID, for: Self.system, in: tx)
            let connection = try await SearchConsoleConnections.connect(
                site.value,
                property: property,
                refreshToken: token,
                sealedBy: desk.secrets,
                createdBy: consent.createdBy,
                in: tx
            )
            _ = try await SearchConsoleConsents.end(consent, .accepted, in: tx)
            let sync = CoreDataJobs.sync(
                connection.id,
                version: connection.tokenVersion,
                account: consent.accountID,
                priority: 5
            )
            try await desk.producer.enqueue(sync, in: tx)
            try await context.complete(result: Outcome(connection: connection.id, property: property), in: tx)
            var event = AuditEvent(
                before == nil ? .created : .updated,
                account: consent.accountID,
                subjectKind: SearchConsoleStatus.subject,
                subjectID: connection.id,
                from: before?.status.rawValue,
                to: connection.status.rawValue,
                reason: property
            )
            event.jobID = context.id
            try await AuditLog.record(event, in: tx)
        }
    }

    // MARK: Ends

    /// Only a call that Google has answered, or that never left, is made again with the same code.
    private func settle(
        exchange error: GoogleError,
        _ consent: SearchConsoleConsents.Consent,
        _ context: JobContext
    ) async throws {
        switch error.kind {
        case .unavailable where !error.isOutcomeUnknown, .quotaExceeded:
            guard context.attempt < context.maxAttempts else { return try await end(consent, .away(error), context) }
            _ = try await desk.transaction(context) { tx in
                try await SearchConsoleConsents.move(consent, from: .exchanging, to: .received, in: tx)
            }
            throw error
        case .unavailable, .unreadable: try await end(consent, .lost, context)
        case .consentEnded: try await end(consent, .stale, context)
        case .tokenRefused, .badRequest, .denied: try await end(consent, .notKnown(error), context)
        }
    }

    private func end(
        _ consent: SearchConsoleConsents.Consent,
        _ failure: ConsentFailure,
        _ context: JobContext
    ) async throws {
        try await desk.transaction(context) { tx in try await end(consent, failure, context, in: tx) }
    }

    private func end(
        _ consent: SearchConsoleConsents.Consent,
        _ failure: ConsentFailure,
        _ context: JobContext,
        in tx: PostgresTransaction
    ) async throws {
        _ = try await SearchConsoleConsents.end(consent, .failed, failure.sentence, in: tx)
        try await context.complete(result: ConsoleStop(stopped: failure.sentence), in: tx)
    }
}

/// Why nothing came of a consent, in a sentence that says what to do.
private struct ConsentFailure {
    let sentence: String

    static let lost = ConsentFailure(
        sentence: "Google's answer was lost on its way, and Google takes each code once: please give the consent again."
    )
    static let stale = ConsentFailure(
        sentence: "Google did not take the code: it was too old or had been used. Please give the consent again."
    )
    static let takenBack = ConsentFailure(
        sentence: "The consent was taken back before Search Console could be read. Please give it again."
    )
    static let notTicked = ConsentFailure(
        sentence:
            "The permission to view Search Console data was left unticked at Google. Please give the consent again "
            + "and leave it ticked."
    )
    static let notLasting = ConsentFailure(
        sentence:
            "Google gave no lasting access. Remove this service at myaccount.google.com/permissions, then give the "
            + "consent again."
    )
    static let noSite = ConsentFailure(sentence: "The site is not here any more: there is nothing to do.")
    static let unconfigured = ConsentFailure(
        sentence:
            "This service is not set up at Google (IGNY8_GOOGLE_CLIENT_ID, IGNY8_GOOGLE_CLIENT_SECRET). Tell us, and "
            + "give the consent again when it is."
    )

    static func notKnown(_ error: GoogleError) -> ConsentFailure {
        ConsentFailure(
            sentence:
                "Google does not take this service for what it says it is (\(error)). Tell us, and give the consent "
                + "again when that is mended."
        )
    }

    static func away(_ error: GoogleError) -> ConsentFailure {
        ConsentFailure(
            sentence: "Google could not be asked for some minutes (\(error)). Please give the consent again later."
        )
    }

    static func noList(_ error: GoogleError) -> ConsentFailure {
        ConsentFailure(
            sentence:
                "Google does not show us the properties of this account (\(error)). Give the consent with an account "
                + "that has the site in Search Console."
        )
    }

    static func noProperty(
        _ asked: String?,
        _ domain: String,
        _ listed: [SearchConsoleProperty.Listed]
    ) -> ConsentFailure {
        let near = listed.filter { asked == nil || $0.name == asked }
            .contains { SearchConsoleProperty.covers($0.name, domain) && !$0.isReadable }
        let what = asked ?? "a property for \(domain)"
        return ConsentFailure(
            sentence: near
                ? "The Google account that consented is not verified for \(what) in Search Console. Verify it there, then "
                    + "give the consent again."
                : "The Google account that consented does not have \(what) in Search Console. Add the site there, or give "
                    + "the consent with the account that has it."
        )
    }
}
