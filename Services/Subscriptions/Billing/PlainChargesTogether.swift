import DomainModel
import JobQueue
import Persistence
import Postgres

/// A charge that came through, and the job that made it.
struct Paid: Sendable {
    let success: PlainCharges.Success
    let context: JobContext
}

// What charging does in the usual case, for many jobs in one transaction; see ``PlainCharges``. Whoever gets nil or false
// goes its own way.
extension Office {
    /// Stores the attempts, before the gateway hears of them.
    func beginCharges(_ invoices: [Invoice.ID]) async throws -> [PlainCharges.Attempt?] {
        let attempts = try await store.transaction(as: .system(reason: "charges"), actor: "worker") { tx in
            try await PlainCharges.begin(invoices, charges: { payments.charges($0) }, in: tx)
        }
        // Two jobs may ask for one invoice; the second finds the attempt of the first.
        var given: Set<Invoice.ID> = []
        return invoices.map { given.insert($0).inserted ? attempts[$0] : nil }
    }

    /// Books successes, with their receipts and the ends of their jobs.
    func finishCharges(_ paid: [Paid]) async throws -> [Bool] {
        let booked = try await store.transaction(as: .system(reason: "charges"), actor: "worker") { tx in
            let receipts = try await PlainCharges.succeed(paid.map(\.success), in: tx)
            let plain = paid.compactMap { one in receipts[one.success.payment].map { (one.context, $0) } }
            try await JobContext.complete(plain.map(\.0), in: tx)
            let contacts = try await contacts(of: plain.map(\.1.account), in: tx)
            let posts = plain.compactMap { context, receipt in
                var post = self.receipt(
                    for: receipt.invoice,
                    receipt.payment,
                    receipt.account,
                    contacts[receipt.account.id]?.name ?? receipt.account.name,
                    method: receipt.method
                )
                post?.trace = context.trace
                return post
            }
            try await send(posts, in: tx)
            try await AuditLog.record(plain.flatMap { context, receipt in events(context, receipt) }, in: tx)
            return Set(receipts.keys)
        }
        return paid.map { booked.contains($0.success.payment) }
    }

    private func events(_ context: JobContext, _ receipt: PlainCharges.Receipt) -> [AuditEvent] {
        let diary = Diary(job: context.id, actor: "job:\(context.id)")
        diary.note(
            .paymentSucceeded,
            on: .payment(receipt.payment),
            from: PaymentStatus.processing.rawValue,
            to: receipt.payment.status.rawValue
        )
        if receipt.invoice.status == .paid {
            diary.note(
                .paid,
                on: .invoice(receipt.invoice),
                from: InvoiceStatus.pending.rawValue,
                to: receipt.invoice.status.rawValue
            )
        }
        return diary.events
    }
}
