public import DomainModel
public import Foundation
public import JobQueue

/// The jobs of the indexing worker as others order them: names and payloads, told once for both sides.
///
/// | task | payload | unique key |
/// | --- | --- | --- |
/// | `submit_backlinks_for_indexing` | ``Scope`` | the site, or the moment |
/// | `submit_request` | ``Request`` | the request |
/// | `check_indexing_status` | ``Moment`` | the moment |
/// | `send_indexing_batch` | ``Batch`` | the batch |
/// | `read_indexing_batch` | ``Batch`` | the batch and the moment |
/// | `test_indexing_key` | ``Key`` | the key and its version |
/// | `bill_indexing_month` | ``Zone`` | the zone and the moment |
public enum IndexingJobs {
    /// The queue, which is also the Redis list of the worker.
    public static let queue = "indexing"

    /// Names what is to be submitted.
    public struct Scope: Codable, Hashable, Sendable {
        /// All live links of this site that are not indexed; without it, what is ready, and the links of all sites whose
        /// managed service includes it.
        public let siteID: Site.ID?
        /// Only what is a request already.
        public let onlyReady: Bool?

        enum CodingKeys: String, CodingKey {
            case siteID = "site_id"
            case onlyReady = "only_ready"
        }
    }

    /// Names a request.
    public struct Request: Codable, Hashable, Sendable {
        /// `igny8_backlink_indexing_requests.id`
        public let requestID: Int64

        /// Names it.
        public init(requestID: Int64) { self.requestID = requestID }

        enum CodingKeys: String, CodingKey { case requestID = "request_id" }
    }

    /// Names a run.
    public struct Moment: Codable, Hashable, Sendable {
        /// Business time.
        public let dueAt: Date

        enum CodingKeys: String, CodingKey { case dueAt = "due_at" }
    }

    /// Names a batch.
    public struct Batch: Codable, Hashable, Sendable {
        /// `igny8_indexing_batches.id`
        public let batchID: Int64

        enum CodingKeys: String, CodingKey { case batchID = "batch_id" }
    }

    /// Names a key that is to be tested.
    public struct Key: Codable, Hashable, Sendable {
        /// `igny8_indexing_keys.id`
        public let keyID: Int64
        /// Which of them; a newer one has a test of its own.
        public let keyVersion: Int

        enum CodingKeys: String, CodingKey {
            case keyID = "key_id"
            case keyVersion = "key_version"
        }
    }

    /// Names a zone.
    public struct Zone: Codable, Hashable, Sendable {
        /// An IANA zone.
        public let zone: String
    }

    /// Submits what is eligible: of one site, at once.
    public static func submitLinks(of site: Site.ID, account: Account.ID) -> NewJob {
        job(
            "submit_backlinks_for_indexing",
            Scope(siteID: site, onlyReady: nil),
            key: "site:\(site)",
            account: account,
            priority: 10
        )
    }

    /// Submits what is eligible, everywhere.
    public static func submitLinks(at moment: Date) -> NewJob {
        var job = job("submit_backlinks_for_indexing", Scope(siteID: nil, onlyReady: nil), key: "at:\(seconds(moment))")
        job.runAt = moment
        return job
    }

    /// Chooses services for what has become ready, wherever it came from.
    /// - Parameter account: who asked, and may see the job.
    public static func submitReady(because cause: String, account: Account.ID? = nil) -> NewJob {
        job("submit_backlinks_for_indexing", Scope(siteID: nil, onlyReady: true), key: cause, account: account)
    }

    /// Submits one request.
    public static func submit(_ request: Int64, account: Account.ID) -> NewJob {
        job("submit_request", Request(requestID: request), key: "request:\(request)", account: account, priority: 10)
    }

    /// Looks at a named page for what keeps it out of the index. Who looks at pages is the worker of backlink orders.
    public static func inspect(_ request: Int64, account: Account.ID) -> NewJob {
        var job = job("inspect_page", Request(requestID: request), key: "request:\(request)", account: account)
        job.queue = BacklinkOrdersJobs.queue
        return job
    }

    /// Looks at all requests that are due.
    public static func check(at moment: Date) -> NewJob {
        var job = job("check_indexing_status", Moment(dueAt: moment), key: "at:\(seconds(moment))")
        job.runAt = moment
        return job
    }

    /// Sends a batch to its service; one that may have been sent is looked for there first.
    public static func send(_ batch: Int64) -> NewJob {
        job("send_indexing_batch", Batch(batchID: batch), key: "batch:\(batch)")
    }

    /// Reads what has become of a batch.
    /// - Parameter moment: business time; nil is now.
    public static func read(_ batch: Int64, at moment: Date? = nil) -> NewJob {
        var job = job(
            "read_indexing_batch",
            Batch(batchID: batch),
            key: "batch:\(batch):\(moment.map(seconds).map(String.init) ?? "now")"
        )
        job.runAt = moment
        return job
    }

    /// Asks a service about a key.
    public static func test(_ key: Int64, version: Int) -> NewJob {
        job("test_indexing_key", Key(keyID: key, keyVersion: version), key: "key:\(key):\(version)", priority: 20)
    }

    /// Asks a service about a key once a day, too, while it is empty or was refused.
    public static func retest(_ key: Int64, version: Int, run: Int64) -> NewJob {
        job("test_indexing_key", Key(keyID: key, keyVersion: version), key: "key:\(key):\(version):\(run)")
    }

    /// Invoices what was submitted for the accounts of a zone and is not paid for otherwise.
    public static func bill(inZone zone: String, dueAt: Date) -> NewJob {
        var job = job("bill_indexing_month", Zone(zone: zone), key: "\(zone):\(seconds(dueAt))")
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
