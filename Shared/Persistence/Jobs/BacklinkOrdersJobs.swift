public import DomainModel
public import Foundation
public import JobQueue

/// The jobs of the worker of backlink orders as others order them: names and payloads, told once for both sides.
///
/// | task | payload | unique key |
/// | --- | --- | --- |
/// | `place_order` | ``Order`` | the order |
/// | `verify_link` | ``Link`` | the link; its second look has one of its own |
/// | `check_dead_links` | ``DeadLinks`` | the moment |
/// | `import_publishers` | ``Import`` | the import |
/// | `record_delivery` | ``Deliveries`` | none: a vendor may tell the same twice |
/// | `check_backlink_delivery` | ``Daily`` | the moment |
public enum BacklinkOrdersJobs {
    /// The queue, which is also the Redis list of the worker.
    public static let queue = "backlink-orders"

    /// Names a link.
    public struct Link: Codable, Hashable, Sendable {
        /// `igny8_sag_backlinks.id`
        public let backlinkID: Backlink.ID

        /// Names it.
        public init(backlinkID: Backlink.ID) { self.backlinkID = backlinkID }

        enum CodingKeys: String, CodingKey { case backlinkID = "backlink_id" }
    }

    /// A weekly look at all live links, or what is left of one.
    public struct DeadLinks: Codable, Hashable, Sendable {
        /// The run's moment, business time.
        public let dueAt: Date
        /// Links up to this one have their jobs.
        public let after: Int64?
        /// How many that were.
        public let count: Int?

        enum CodingKeys: String, CodingKey {
            case dueAt = "due_at"
            case after, count
        }
    }

    /// Names an import of publishers.
    public struct Import: Codable, Hashable, Sendable {
        /// `igny8_publisher_imports.id`
        public let importID: Int64

        /// Names it.
        public init(importID: Int64) { self.importID = importID }

        enum CodingKeys: String, CodingKey { case importID = "import_id" }
    }

    /// Reads a stored export into the publishers.
    public static func importPublishers(_ id: Int64) -> NewJob {
        NewJob(
            queue: queue,
            task: "import_publishers",
            account: nil,
            payload: Import(importID: id),
            uniqueKey: "import:\(id)"
        )
    }

    /// Looks at a link now, or at a moment of business time: on delivery, when Ahrefs has lost it, when staff ask.
    public static func verify(_ link: Backlink.ID, account: Account.ID, at moment: Date? = nil) -> NewJob {
        var job = NewJob(
            queue: queue,
            task: "verify_link",
            account: account.rawValue,
            payload: Link(backlinkID: link),
            uniqueKey: "link:\(link)"
        )
        job.runAt = moment
        return job
    }

    /// The look that decides over a suspicion (spec 11.5). It does not stand in the way of an ordinary one.
    public static func secondLook(_ link: Backlink.ID, account: Account.ID, at moment: Date) -> NewJob {
        var job = verify(link, account: account, at: moment)
        job.uniqueKey = "second:\(link)"
        return job
    }

    /// Has all live links looked at that were not of late.
    public static func checkDeadLinks(at moment: Date, after: Int64? = nil, count: Int? = nil) -> NewJob {
        NewJob(
            queue: queue,
            task: "check_dead_links",
            account: nil,
            payload: DeadLinks(dueAt: moment, after: after, count: count),
            uniqueKey: "at:\(Int(moment.timeIntervalSince1970)):\(after ?? 0)",
            runAt: moment
        )
    }
}
