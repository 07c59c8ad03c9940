public import DomainModel
public import Foundation
public import JobQueue

/// The jobs of the Ahrefs worker as others order them: names and payloads, told once for both sides.
///
/// A job makes one request to Ahrefs at most. So the queue's rate limit on jobs is the limit on requests, whatever the
/// number of workers; what takes several requests is a chain of jobs, each written with the effect of the one before.
///
/// | task | payload | unique key |
/// | --- | --- | --- |
/// | `test_ahrefs_connection` | ``Connection`` | the account and its key's version |
/// | `sync_ahrefs_domain_snapshot` | ``Sites`` | as the caller says |
/// | `refresh_ahrefs_view` | ``View`` | the account, view and domain |
/// | `verify_backlinks_via_ahrefs` | ``Links`` | the site and how far it has come |
/// | `detect_lost_backlinks_ahrefs` | ``Links`` | the site and how far it has come |
/// | `start_ahrefs_week` | ``Zone`` | the zone and the moment |
public enum AhrefsJobs {
    /// The queue, which is also the Redis list of the worker.
    public static let queue = "ahrefs-sync"

    /// Names the key that is to be tested.
    public struct Connection: Codable, Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// Which of the account's keys; a newer one has a test of its own.
        public let keyVersion: Int
        /// Which week the account's sync is of, if one is to follow: the id of the job that began it.
        public let week: Int64?

        enum CodingKeys: String, CodingKey {
            case accountID = "account_id"
            case keyVersion = "key_version"
            case week
        }
    }

    /// Names sites of one account.
    public struct Sites: Codable, Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// Which.
        public let siteIDs: [Site.ID]

        /// Names them.
        public init(accountID: Account.ID, siteIDs: [Site.ID]) {
            self.accountID = accountID
            self.siteIDs = siteIDs
        }

        enum CodingKeys: String, CodingKey {
            case accountID = "account_id"
            case siteIDs = "site_ids"
        }
    }

    /// Names a kept list.
    public struct View: Codable, Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// Which list.
        public let view: AhrefsView
        /// About whom.
        public let domain: String

        enum CodingKeys: String, CodingKey {
            case accountID = "account_id"
            case view, domain
        }
    }

    /// Names the links of a site, from one on.
    public struct Links: Codable, Hashable, Sendable {
        /// Whose.
        public let accountID: Account.ID
        /// Of which site.
        public let siteID: Site.ID
        /// The last link that is done; 0 at the start.
        public let after: Int64

        /// Names them.
        public init(accountID: Account.ID, siteID: Site.ID, after: Int64) {
            self.accountID = accountID
            self.siteID = siteID
            self.after = after
        }

        enum CodingKeys: String, CodingKey {
            case accountID = "account_id"
            case siteID = "site_id"
            case after
        }
    }

    /// Names a zone.
    public struct Zone: Codable, Hashable, Sendable {
        /// An IANA zone.
        public let zone: String
    }

    /// Asks Ahrefs about a key.
    public static func test(_ connection: AhrefsConnection) -> NewJob {
        test(connection.accountID, keyVersion: connection.keyVersion)
    }

    /// Asks Ahrefs about a key, and how many units it has left; with a week, what the week brings follows.
    public static func test(_ account: Account.ID, keyVersion: Int, week: Int64? = nil) -> NewJob {
        job(
            "test_ahrefs_connection",
            account,
            Connection(accountID: account, keyVersion: keyVersion, week: week),
            key: week.map { "account:\(account):week:\($0)" } ?? "account:\(account):\(keyVersion)",
            priority: 20
        )
    }

    /// Snapshots of sites and their competitors.
    /// - Parameter key: what sets it apart from others of the same sites.
    public static func sync(_ sites: [Site.ID], account: Account.ID, key: String) -> NewJob {
        job(
            "sync_ahrefs_domain_snapshot",
            account,
            Sites(accountID: account, siteIDs: sites),
            key: key,
            priority: 10
        )
    }

    /// A snapshot of one site, asked for by somebody; one waits at a time.
    public static func sync(_ site: Site.ID, account: Account.ID) -> NewJob {
        sync([site], account: account, key: "site:\(site)")
    }

    /// Fetches a list anew.
    public static func refresh(_ view: AhrefsView, of domain: String, account: Account.ID) -> NewJob {
        job(
            "refresh_ahrefs_view",
            account,
            View(accountID: account, view: view, domain: domain),
            key: "account:\(account):\(view.rawValue):\(domain)",
            priority: 15
        )
    }

    /// Holds a site's links against what Ahrefs sees.
    public static func verify(_ site: Site.ID, account: Account.ID, after link: Int64 = 0) -> NewJob {
        job(
            "verify_backlinks_via_ahrefs",
            account,
            Links(accountID: account, siteID: site, after: link),
            key: "site:\(site):\(link)"
        )
    }

    /// Looks for a site's links among those that Ahrefs has lost.
    public static func detectLost(_ site: Site.ID, account: Account.ID, after link: Int64 = 0) -> NewJob {
        job(
            "detect_lost_backlinks_ahrefs",
            account,
            Links(accountID: account, siteID: site, after: link),
            key: "site:\(site):\(link)"
        )
    }

    /// Writes the week's jobs of all accounts of a zone.
    public static func startWeek(inZone zone: String, dueAt: Date) -> NewJob {
        NewJob(
            queue: queue,
            task: "start_ahrefs_week",
            account: nil,
            payload: Zone(zone: zone),
            uniqueKey: "\(zone):\(Int(dueAt.timeIntervalSince1970))",
            runAt: dueAt
        )
    }

    /// What the requests of an account's key are counted under.
    private static func limitKey(_ account: Account.ID) -> String { "ahrefs:\(account)" }

    private static func job(
        _ task: String,
        _ account: Account.ID,
        _ payload: some Encodable & Sendable,
        key: String,
        priority: Int = 0
    ) -> NewJob {
        NewJob(
            queue: queue,
            task: task,
            account: account.rawValue,
            payload: payload,
            uniqueKey: key,
            priority: priority,
            limitKeys: [limitKey(account)]
        )
    }
}
