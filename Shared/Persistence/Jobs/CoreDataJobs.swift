public import DomainModel
public import Foundation
public import JobQueue

/// The jobs of the reporting worker that bring data in, as others order them: names and payloads, told once for both sides.
///
/// | task | payload | unique key |
/// | --- | --- | --- |
/// | `import_core_data` | ``Import`` | the import |
/// | `start_search_console_day` | ``Moment`` | the moment |
/// | `sync_search_console` | ``Connection`` | the connection and its consent |
/// | `inspect_urls` | ``Connection`` | the connection and its consent |
/// | `accept_search_console_consent` | ``Consent`` | the consent |
/// | `collect_report_metrics` | ``Zone`` | the zone and the moment |
public enum CoreDataJobs {
    /// The queue of the reporting worker.
    public static let queue = "reporting"

    /// Names an import.
    public struct Import: Codable, Hashable, Sendable {
        /// `igny8_core_imports.id`
        public let importID: Int64

        enum CodingKeys: String, CodingKey { case importID = "import_id" }
    }

    /// Names a connection to Search Console.
    public struct Connection: Codable, Hashable, Sendable {
        /// `igny8_gsc_connections.id`
        public let connectionID: Int64
        /// Which consent; a newer one has jobs of its own.
        public let tokenVersion: Int

        enum CodingKeys: String, CodingKey {
            case connectionID = "connection_id"
            case tokenVersion = "token_version"
        }
    }

    /// Names a consent under way.
    public struct Consent: Codable, Hashable, Sendable {
        /// `igny8_search_console_consents.id`
        public let consentID: Int64

        enum CodingKeys: String, CodingKey { case consentID = "consent_id" }
    }

    /// Names a run.
    public struct Moment: Codable, Hashable, Sendable {
        /// Business time.
        public let dueAt: Date

        enum CodingKeys: String, CodingKey { case dueAt = "due_at" }
    }

    /// Names a zone's night.
    public struct Zone: Codable, Hashable, Sendable {
        /// An IANA zone.
        public let zone: String
        /// Business time; the days before the one that begins there are collected.
        public let dueAt: Date

        enum CodingKeys: String, CodingKey {
            case zone
            case dueAt = "due_at"
        }
    }

    /// Reads what was sent.
    /// - Parameter account: who sent it, and may see the job.
    public static func read(_ importID: Int64, account: Account.ID?) -> NewJob {
        job("import_core_data", Import(importID: importID), key: "import:\(importID)", account: account, priority: 5)
    }

    /// The daily round over all connections.
    public static func startDay(at moment: Date) -> NewJob {
        var job = job("start_search_console_day", Moment(dueAt: moment), key: "at:\(seconds(moment))")
        job.runAt = moment
        return job
    }

    /// Reads a site's figures from Search Console.
    public static func sync(_ connection: Int64, version: Int, account: Account.ID, priority: Int = 0) -> NewJob {
        job(
            "sync_search_console",
            Connection(connectionID: connection, tokenVersion: version),
            key: "connection:\(connection):\(version)",
            account: account,
            priority: priority
        )
    }

    /// Makes a connection of a consent that the browser has brought. Google's codes are good for some minutes: it goes first.
    public static func accept(consent: Int64, account: Account.ID) -> NewJob {
        job(
            "accept_search_console_consent",
            Consent(consentID: consent),
            key: "consent:\(consent)",
            account: account,
            priority: 10
        )
    }

    /// Asks Google about a site's published pages.
    public static func inspect(_ connection: Int64, version: Int, account: Account.ID) -> NewJob {
        job(
            "inspect_urls",
            Connection(connectionID: connection, tokenVersion: version),
            key: "connection:\(connection):\(version)",
            account: account
        )
    }

    /// Gathers the last days' figures of a zone's sites.
    public static func collect(inZone zone: String, dueAt: Date) -> NewJob {
        var job = job("collect_report_metrics", Zone(zone: zone, dueAt: dueAt), key: "\(zone):\(seconds(dueAt))")
        job.runAt = dueAt
        return job
    }

    private static func seconds(_ moment: Date) -> Int { Int(moment.timeIntervalSince1970) }

    private static func job(
        _ task: String,
        _ payload: some Encodable & Sendable,
        key: String,
        account: Account.ID? = nil,
        priority: Int = 0
    ) -> NewJob {
        NewJob(
            queue: queue,
            task: task,
            account: account?.rawValue,
            payload: payload,
            uniqueKey: key,
            priority: priority
        )
    }
}
