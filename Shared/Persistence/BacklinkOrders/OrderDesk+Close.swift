public import DomainModel
import Foundation
public import Postgres

extension OrderDesk {
    /// Moves the order on as far as its links allow (spec 2): in progress → delivered with all that were agreed, delivered →
    /// completed when each is live or written off. What is charged by cost is invoiced with the delivery (spec 4).
    ///
    /// The last step of a transaction but the audit events: an invoice holds the counter of numbers to the commit.
    public mutating func close() async throws -> Aftermath {
        let values = links.map(\.value)
        if order.status == .inProgress, !values.contains(where: \.isAwaited) {
            let writtenOff = values.count { $0.times.writtenOff != nil && $0.times.delivered == nil }
            if order.figures.delivered + writtenOff >= order.linksAgreed {
                try order.value.deliver(at: now, writtenOff: writtenOff)
                try await BacklinkServiceOrders.save(&order, in: tx)
                note(.delivered, from: .inProgress)
            }
        }
        if order.status == .delivered, values.allSatisfy(\.isSettled) {
            try order.value.complete(values, at: now)
            try await BacklinkServiceOrders.save(&order, in: tx)
            note(.completed, from: .delivered)
        }
        if order.status == .delivered || order.status == .completed { try await charge() }
        return aftermath
    }

    /// Brings what a pass-through order has been invoiced to what it costs: an invoice with the delivery, once; a credit
    /// note where a link was rejected or refunded after that.
    private mutating func charge() async throws {
        guard order.price.pricing == .passThrough else { return }
        if let id = order.invoiceID {
            aftermath += try await PassThroughInvoice.lower(id, to: order.figures.charged, at: now, account, in: tx)
            return
        }
        guard order.figures.charged.isPositive else { return }
        aftermath += try await PassThroughInvoice.issue(for: &order, to: account, at: now, in: tx)
    }
}

extension Backlink {
    /// Whether it still has to come.
    var isAwaited: Bool { (status == .planned || status == .ordered) && times.writtenOff == nil }
}

extension BacklinkServiceOrders {
    /// Moves an order on after one of its links was changed elsewhere. Its row should be held already.
    public static func advance(
        _ id: BacklinkOrder.ID,
        for tenant: Tenant,
        in tx: PostgresTransaction
    ) async throws -> Aftermath {
        guard var desk = try await OrderDesk.open(id, for: tenant, in: tx) else { return Aftermath() }
        return try await desk.close()
    }
}
