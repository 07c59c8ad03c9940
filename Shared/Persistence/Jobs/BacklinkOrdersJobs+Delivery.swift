public import DomainModel
public import Foundation
public import JobQueue

extension BacklinkOrdersJobs {
    /// What a vendor says it has delivered of one order.
    public struct Deliveries: Codable, Hashable, Sendable {
        /// `igny8_backlink_service_orders.id`
        public let orderID: BacklinkOrder.ID
        /// Its links.
        public let deliveries: [Delivery]

        /// Puts them together.
        public init(orderID: BacklinkOrder.ID, deliveries: [Delivery]) {
            self.orderID = orderID
            self.deliveries = deliveries
        }

        enum CodingKeys: String, CodingKey {
            case orderID = "order_id"
            case deliveries
        }
    }

    /// One link that has come.
    public struct Delivery: Codable, Hashable, Sendable {
        /// `igny8_sag_backlinks.id`
        public let backlinkID: Backlink.ID
        /// The page it stands on.
        public let url: String
        /// The day it went online; today where there is none.
        public let liveOn: CalendarDay?
        /// What it really cost, in the order's currency, `"80.00"`; what was agreed where there is none.
        public let cost: String?

        /// Describes it.
        public init(backlinkID: Backlink.ID, url: String, liveOn: CalendarDay? = nil, cost: String? = nil) {
            self.backlinkID = backlinkID
            self.url = url
            self.liveOn = liveOn
            self.cost = cost
        }

        enum CodingKeys: String, CodingKey {
            case backlinkID = "backlink_id"
            case liveOn = "live_on"
            case url, cost
        }
    }

    /// The daily look at open orders, or what is left of one.
    public struct Daily: Codable, Hashable, Sendable {
        /// The run's moment, business time.
        public let dueAt: Date

        enum CodingKeys: String, CodingKey { case dueAt = "due_at" }
    }

    /// Takes in what a vendor says it has delivered.
    public static func recordDelivery(_ deliveries: Deliveries, account: Account.ID) -> NewJob {
        NewJob(queue: queue, task: "record_delivery", account: account.rawValue, payload: deliveries)
    }

    /// Looks at all open orders: what is due, what came.
    public static func checkDelivery(at moment: Date) -> NewJob {
        NewJob(
            queue: queue,
            task: "check_backlink_delivery",
            account: nil,
            payload: Daily(dueAt: moment),
            uniqueKey: "at:\(Int(moment.timeIntervalSince1970))",
            runAt: moment
        )
    }
}
