public import DomainModel
public import Foundation
public import JobQueue

extension BacklinkOrdersJobs {
    /// Names an order.
    public struct Order: Codable, Hashable, Sendable {
        /// `igny8_backlink_service_orders.id`
        public let orderID: BacklinkOrder.ID

        /// Names it.
        public init(orderID: BacklinkOrder.ID) { self.orderID = orderID }

        enum CodingKeys: String, CodingKey { case orderID = "order_id" }
    }

    /// Orders the planned links of an approved order. Whoever writes it holds the order's row, as the task does: so a job
    /// that runs already still sees what the writer has planned, and one is enough.
    /// - Parameter moment: business time; now when left out.
    public static func place(_ order: BacklinkOrder.ID, account: Account.ID, at moment: Date? = nil) -> NewJob {
        NewJob(
            queue: queue,
            task: "place_order",
            account: account.rawValue,
            payload: Order(orderID: order),
            uniqueKey: "order:\(order)",
            runAt: moment
        )
    }
}
